"""A real Chromium, and what people do in it."""

import shutil
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

SECONDS = 30
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1400,900",
    # Nothing but this machine is asked, whatever a page names.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@contextmanager
def chromium(profile):
    """A browser with nothing in it. It is stopped however the test ends."""
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver:
        raise RuntimeError("`chromium` and `chromedriver` must be installed (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        browser.set_page_load_timeout(SECONDS)
        yield browser
    finally:
        browser.quit()


def wait(browser, condition, what):
    """Waits until `condition` holds of the browser."""
    return WebDriverWait(browser, SECONDS, ignored_exceptions=()).until(condition, what)


def shows(browser, expected):
    """Waits until the page shows a text."""
    try:
        wait(browser, lambda b: expected in text(b), expected)
    except Exception as error:
        raise AssertionError(f"{browser.current_url} does not show {expected!r} but:\n{text(browser)[:2000]}") from error


def fill_in(browser, name, *groups):
    """Says at the provider who one is."""
    wait(browser, lambda b: b.find_elements(By.NAME, "groups"), "the provider's form")
    browser.find_element(By.NAME, "name").send_keys(name)
    browser.find_element(By.NAME, "groups").send_keys(" ".join(groups))
    browser.find_element(By.ID, "go").click()


def text(browser):
    """What the page shows."""
    return browser.execute_script("return document.body ? document.body.innerText : ''")


def press(browser, path, what):
    """Presses the last of what is there, by its XPath."""
    wait(browser, lambda b: [found for found in b.find_elements(By.XPATH, path) if found.is_displayed()], what)
    [found for found in browser.find_elements(By.XPATH, path) if found.is_displayed()][-1].click()


def button(browser, text):
    """Presses a button of MLflow's pages."""
    press(browser, f"//button[.//text()[normalize-space()='{text}']]", text)


def tab(browser, text):
    """Opens a tab of MLflow's pages."""
    press(browser, f"//*[@role='tab'][normalize-space()='{text}']", text)


def fill(browser, hint, value):
    """Writes into the field of MLflow's pages that asks for something."""
    path = f"//input[@placeholder='{hint}']"
    wait(browser, lambda b: b.find_elements(By.XPATH, path), hint)
    browser.find_element(By.XPATH, path).send_keys(value)


def leave(browser, user):
    """Presses *Logout* in the menu that MLflow's pages have for a user."""
    button(browser, user)
    press(browser, "//*[@role='menuitem'][normalize-space()='Logout']", "Logout")


def follow(browser, text):
    """Follows a link, or presses a button, by its text."""
    path = f"//*[self::a or self::button][normalize-space()='{text}']"
    wait(browser, lambda b: b.find_elements(By.XPATH, path), text)
    browser.find_element(By.XPATH, path).click()


def fetch(browser, path, method="GET", fields=None):
    """What a page gets that calls a path of its own server: status, headers, text."""
    program = """
        const [path, method, fields, done] = arguments;
        const body = fields === null ? undefined : JSON.stringify(fields);
        const headers = body === undefined ? {} : {"Content-Type": "application/json"};
        fetch(path, {method, body, headers}).then(async (answer) =>
            done([answer.status, Object.fromEntries(answer.headers), await answer.text()]), (error) => done([0, {}, String(error)]));
    """
    return browser.execute_async_script(program, path, method, fields)
