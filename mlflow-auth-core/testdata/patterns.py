"""Writes patterns.json: what CPython's `re.match` says of patterns and names.

Run with CPython 3.11: `python3 patterns.py > patterns.json`. With a number it writes so many random patterns, and with a
second one it seeds them: `python3 patterns.py 200000 7 > more.json`.
"""

import json
import random
import re
import sys
import warnings

NAMES = [
    "", "a", "A", "b", "ab", "abc", "team-1", "team-10-x", "team-1\n", "team-1\nx", "\nteam-1", "team-1\n\n", "prod",
    "production", "a prod", "prod-model", "my-model", "my-model\n", "my-model-2", "Team-1", "TEAM", "a.b", "a+b", "a_b",
    "a-b", "a/b", "x]", "x[", "x^", "x-y", "x&y", "x~y", "<x>", "\\x", "1", "42", "²", "½", "٣", "é", "É", "ß", "ẞ", "Ж",
    "ж", "日本", "e\u0301", "क्षि", "a\u200db", "K", "k", "ſ", "s", "S", "a b", "a\tb", "a\u00a0b", "a\x1cb", "a\u2028b", "\r\n",
    "a\r", "😀", "a" * 40, "ab" * 20, "secret", "secret\n", "{x}", "a{2}", "aa", "aaa", "$5", "x$y", "(x)", "|",
]

SAME = [
    ".*", "a", "^a", "^a$", "a$", "^$", "^", "$", "^.*$", ".+", "^.+$", "", "a|", "|a", "()", "(?:)", "^^a$$",
    "team-1", "^team-1", "^team-1$", "^team-1-.*$", "^team-1.*", "team-1.*$", "^team-[0-9]+$", "^team-[0-9]+", "^team-\\d",
    "^(team-1|prod)$", "^team-1$|^prod$", "(team-1$|prod)", "(?:team-1|prod)$", "(team)-(1)$", "((t)eam)(-1)", "^(?:a|b)*$",
    ".*-model$", "^.*-model$", ".*-model", "^.*-model.*$", ".*?-model$", "(?s).*-model$", "(?s)^.*-model", "(?s:.)*l$",
    "(?s).", "(?s)team.1\nx", "team-1\n", "team-1\n$", "team-1\\n$", "^team-1\\s$", "(?m)^team-1$", "(?m).*\n^x$", "(?m)$",
    "(?m)^", "(?m)team-1$\nx$", "(?i)team", "(?i)TEAM-1$", "(?i:t)eam", "(?i:T)eam", "(?i)k", "(?i)s", "(?i)[a-z]$", "(?i)ß",
    "(?i)é", "(?i)ж", "(?i)[^a]", "(?is)a.b", "(?i)(?s)a.b", "(?-i:a)", "(?i)a(?-i:b)", "(?i)a|B", "(?u)\\w", "(?u:\\w)$",
    "\\w+$", "\\W", "\\w\\W\\w", "[\\w-]+$", "[^\\w]", "[\\W]", "\\d+$", "\\D", "[\\d]", "[^\\d]+$", "\\s", "a\\sb", "a\\Sb",
    "a[\\s]b", "a[^\\s]b", "\\bprod\\b", ".*\\bprod\\b", "team\\b", "team-1\\b", "\\Bp", "p\\Brod", "a\\b", "\\Ateam",
    "[\\]a]", "[a\\]]", "x[\\]\\[]", "[\\^x]", "[x^]", "[^x]", "[a-]", "[-a]", "[a\\-z]", "x[\\-]y", "[.]", "[+*?]",
    "[&]", "x[&~]y", "x[|&]y", "[a-z0-9_.-]+$", "[a-zA-Z][a-z]*", "[^\\n]*$", "[\\s\\S]*$", "[\\x41-\\x43]", "\\x41", "\\u0061",
    "\\U00000061", "\\t", "a\\tb", "\\.", "a\\.b", "a\\+b", "\\-", "a\\-b", "a\\/b", "\\$5", "\\{x\\}", "a\\{2\\}", "\\(x\\)", "\\|",
    "\\\\x", "a\\ b", "\\&", "x\\~y", "x\\&y", "\\#", "a{2}", "a{2}$", "a{1,2}$", "a{2,}$", "a{,2}$", "a{0}", "a{2}?", "a??", "a*?$",
    "a+?$", "(?:ab){20}$", "(a|aa)+$", "((a)+)+$", "(?:a{1,9}){9}$", "(?P<n>a)b", "(?:(?:a))", "é", "^é$", "日本", "[é-ö]",
    "[а-я]", "😀", "[😀]", "<x>", "secret$", "^secret$", "^(a|b)$", "^(a$|b)", "^(|a)$", "a*$", "a?$",
    "a?b?c?$", "[a-c]*$", "x\\$y", "^-", "a--b",
    "x$y", "a$b", "(?:a$|b)c", "(?:a$)*", "(?:\n|team-1$){2}", "team-1$\\n", "team-1$\n?", "\\B", "\\B$", ".\\b", ".\\B", "(?i)\\w", "#", "~", "&&", "a&&b", "--",
]

REFUSED = [
    "(?!secret).*", "^(?!secret-).*$", "(?=a)", "(?<=a)b", "(?<!a)b", "(a)\\1", "(?P<n>a)(?P=n)", "(?>a)b", "(?#c)a", "(a)?(?(1)b|c)",
    "a*+", "a++b", "a?+", "a{2}+", "[[a]", "[[:alpha:]]", "[a-z&&[^b]]", "[a&&b]", "[a--b]", "[a~~b]", "[--a]", "[]a]", "[^]a]", "[]-a]",
    "\\<x", "x\\>", "\\b{start}", "(?x)a b", "(?a)\\w", "(?a:\\w)", "a\\Z",
"a{ 2}", "a{2 }", "a{", "a{x}", "a{}", "a{,}", "{x}", "\\0", "\\012", "[\\b]", "[\\0]", "\\é",
]

TOKENS = [
    "a", "b", "A", "k", "s", "i", "-", "_", "1", "é", "ß", "²", "\u0301", "\n", " ", ".", ".", ".*", ".*", ".*?", ".+", "^", "$", "$", "(", "(?:", "(?i:",
    "(?s:", "(?m:", "(?-i:", "(?i)", "(?s)", "(?m)", "(?P<n>", ")", ")", "|", "[", "[^", "]", "*", "+", "?", "{2}", "{1,2}", "{,2}", "{2,}", "\\w", "\\W", "\\d", "\\D", "\\s",
    "\\S", "\\b", "\\B", "\\A", "\\.", "\\-", "\\]", "\\n", "\\x61", "[ab]", "[^ab]", "[a-k]", "[\\w-]", "[^\\s]", "\\$", "&", "&&", "--", "~",
    "(?=", "(?!", "\\1", "\\Z", "{", "}", "\\<", "#", "/",
]
LETTERS = ["a", "b", "A", "k", "K", "K", "s", "ſ", "i", "I", "-", "_", "1", "²", "é", "É", "ß", "\u0301", "\n", "\n", " ", ".", "/", "\x1c", "ab", "]", "^", "&"]


def judged(pattern, names):
    """The names that the pattern matches; nothing if it is not a pattern."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compiled = re.compile(pattern)
        except (re.error, OverflowError, RecursionError):
            return None
    return [name for name in names if compiled.match(name)]


def random_rows(count, seed):
    """Patterns of random pieces, each with random names; about half of them are no patterns for us."""
    rng = random.Random(seed)
    rows = []
    while len(rows) < count:
        pattern = "".join(rng.choices(TOKENS, k=rng.randint(1, 8)))
        names = sorted({"".join(rng.choices(LETTERS, k=rng.randint(0, 5))) for _ in range(12)})
        matched = judged(pattern, names)
        if matched is not None:
            rows.append({"pattern": pattern, "names": names, "matched": matched})
    return rows


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    same = [{"pattern": pattern, "matched": judged(pattern, NAMES)} for pattern in dict.fromkeys(SAME) if pattern]
    table = {
        "python": sys.version.split()[0],
        "names": NAMES,
        "same": same,
        "refused": [pattern for pattern in REFUSED if judged(pattern, NAMES) is not None],
        "random": random_rows(count, seed),
    }
    json.dump(table, sys.stdout, ensure_ascii=True, indent=0, separators=(",", ":"))


main()
