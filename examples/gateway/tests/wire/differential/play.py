"""Sends every case to both servers, as everybody whom it may matter to, and keeps both answers."""

import hashlib
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from . import makers
from .answers import answer, known
from .cases import fill
from .people import EXACT, tried
from .sides import ELSEWHERE, Make, add_to_role, grant

THREADS = 6


@dataclass(frozen=True)
class Asked:
    """A request as it was sent: the case, by which path, on whose objects, and by whom."""

    case: object
    path: str
    whose: str
    person: object
    in_workspaces: bool

    def __str__(self):
        note = f" ({self.case.note})" if self.case.note else ""
        place = " in workspaces" if self.in_workspaces else ""
        return f"{self.person.name} on {self.whose}: {self.case.method} {self.path}{note}{place}"


class Task:
    """One case by one path, on the objects of one, by one person after the other."""

    numbers = itertools.count(1)

    def __init__(self, both, case, path, whose, people):
        self.both, self.case, self.path, self.whose, self.people = both, case, path, whose, people
        self.mark = f"n{next(self.numbers)}"
        # What it has made for itself at each side, and who was granted something on that.
        self.new = [{} for _ in both]
        self.shared = set()
        self.count = 0

    def play(self):
        """The requests, each with both answers."""
        played, stale = [], True
        for person in self.people:
            if stale and self._has_its_own:
                self._renew()
            if person.name not in self.shared:
                self._share(person)
            self.count += 1
            answers = [self._ask(side, new, person) for side, new in zip(self.both, self.new, strict=True)]
            stale = any(one.status < 400 for one in answers)
            played.append((Asked(self.case, self.path, self.whose, person, self.both[0].workspace is not None), *answers))
        return played

    @property
    def _has_its_own(self):
        """Whether it works on things that it makes. There is nothing to make where something is missing."""
        return bool(self.case.fresh) and (self.whose != "missing" or makers.can_be_alone(self.case.fresh))

    def _renew(self):
        """Makes what it works on anew, in both."""
        self.count += 1
        self.shared.clear()
        for side, new in zip(self.both, self.new, strict=True):
            new.clear()
            make = Make(side, ELSEWHERE if self.whose == "elsewhere" else None)
            new |= makers.made(self.case.fresh, make, side.names[self.whose], f"{self.mark}-{self.count}")

    def _share(self, person):
        """Grants a person on what is new what it holds on what was there."""
        self.shared.add(person.name)
        for side, new in zip(self.both, self.new, strict=True):
            kinds = [kind for kind, name in EXACT.items() if name in new and self.whose == "mine"]
            make, names = Make(side), side.names["mine"] | new
            for row in person.grants(names, kinds):
                grant(make, person, row)
            for kind in kinds if person.role else ():
                add_to_role(make, side.role_of[person.name], (kind, names[EXACT[kind]], person.role))

    def _ask(self, side, new, person):
        names, case = self._names(side, new, person), self.case
        path, query, body, headers = (fill(part, names) for part in (self.path, case.query, case.body, case.headers))
        return answer(side.ask(person, case.method, path, query, body, headers), known(side, new))

    def _names(self, side, new, person):
        names = {f"{whose}.{name}": id for whose, ids in side.names.items() for name, id in ids.items()}
        text = f"{self.mark}-{person.name}".replace("_", "-")
        told = {"caller": person.name, "new": text, "count": str(self.count)}
        told["digest"] = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return names | side.names[self.whose] | new | told


def tasks(both, cases, wide):
    """What is to be done: what only reads; and then what has things of its own, where those of one case may be the same,
    and of each family what writes, one after the other; and last what they have left."""
    reading, alone, writing, last = [], [], {}, []
    for case in cases:
        own = []
        (last if case.last else alone).append(own)
        for number, path in enumerate(case.paths()):
            for whose in in_workspaces(case.whose) if both[0].workspace else case.whose:
                if number and whose != "mine" and not wide:
                    continue
                people = list(tried(case, whose, bool(number), wide, both[0]))
                task = Task(both, case, path, whose, people)
                if case.fresh or case.last:
                    own.append(task)
                elif case.changes:
                    writing.setdefault(case.family, []).append(task)
                else:
                    reading.append([task])
    return [reading, sorted(writing.values(), key=len, reverse=True) + alone, last]


def in_workspaces(whose):
    """What is missing is tried without workspaces; with them, what is in another one."""
    return ["elsewhere" if one == "missing" else one for one in whose]


def play(both, cases, wide):
    """Every request, with both answers."""
    played = []
    with ThreadPoolExecutor(THREADS) as pool:
        for phase in tasks(both, cases, wide):
            for told in pool.map(_one_by_one, phase):
                played += told
    return played


def _one_by_one(row):
    return [told for task in row for told in task.play()]
