# Copyright 2026 Batchproof contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""MQTT topic filters with named placeholders, and sensor codes made from what they catch.

A filter is an MQTT filter in which a level may also be a placeholder: `plant/{site}/{line}/{tag}`.
A placeholder stands for exactly one level, as `+` does, and gives it a name. `#` is allowed last.
`$share/<group>/<filter>` matches what `<filter>` matches: the broker never shows the prefix.
Source: OASIS MQTT 5.0, 4.7 (topic names and filters) and 4.8 (shared subscriptions).
"""

import re
from functools import lru_cache

SHARE = "$share/"
_PLACEHOLDER = re.compile(r"^\{([a-z][a-z0-9_]*)\}$")
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # MQTT 5, 1.5.4: no NUL, no half of a surrogate pair
_IN_TEMPLATE = re.compile(r"\{([^{}]*)\}")


def split_share(topic_filter: str) -> tuple[str, str]:
    """Return the share group ("" when unshared) and the filter behind it.

    >>> split_share("$share/bridges/plant/{line}/#")
    ('bridges', 'plant/{line}/#')
    >>> split_share("plant/+/temp")
    ('', 'plant/+/temp')
    """
    if not topic_filter.startswith(SHARE):
        return "", topic_filter
    group, _slash, rest = topic_filter[len(SHARE) :].partition("/")
    return group, rest


def is_shared(topic_filter: str) -> bool:
    """Whether several bridges may share this subscription.

    >>> is_shared("$share/g/a"), is_shared("a")
    (True, False)
    """
    return topic_filter.startswith(SHARE)


def placeholders(topic_filter: str) -> list[str]:
    """Return the names of the placeholders, in order.

    >>> placeholders("plant/{site}/+/{tag}")
    ['site', 'tag']
    """
    _group, rest = split_share(topic_filter)
    return [found[1] for level in rest.split("/") if (found := _PLACEHOLDER.match(level))]


def check(topic_filter: str) -> str:
    """Return what is wrong with a filter, or an empty text.

    >>> check("plant/{site}/{line}/#")
    ''
    >>> check("plant/#/temp")
    "'#' must be the last level"
    >>> check("plant/{line}-temp")
    "'{line}-temp' mixes a wildcard or placeholder with other characters"
    >>> check("plant/{line}/{line}")
    'the placeholder {line} is used twice'
    >>> check("$share/g")
    'a shared filter is $share/<group>/<filter>'
    >>> check("half \\ud800")
    'a filter has 1 to 65535 bytes of UTF-8 and no NUL character'
    """
    group, rest = split_share(topic_filter)
    if is_shared(topic_filter) and (not rest or not group or set("+#{}") & set(group)):
        return "a shared filter is $share/<group>/<filter>"
    if not rest or _NO_TEXT.search(topic_filter) or len(topic_filter.encode()) > 65535:
        return "a filter has 1 to 65535 bytes of UTF-8 and no NUL character"
    levels = rest.split("/")
    if "#" in levels[:-1]:
        return "'#' must be the last level"
    for level in levels:
        if level in ("+", "#") or _PLACEHOLDER.match(level):
            continue
        if set("+#{}") & set(level):
            return f"'{level}' mixes a wildcard or placeholder with other characters"
    names = placeholders(topic_filter)
    twice = sorted({name for name in names if names.count(name) > 1})
    return f"the placeholder {{{twice[0]}}} is used twice" if twice else ""


def subscription(topic_filter: str) -> str:
    """Return the filter as the broker understands it.

    >>> subscription("$share/g/plant/{line}/#")
    '$share/g/plant/+/#'
    """
    group, rest = split_share(topic_filter)
    plain = "/".join("+" if _PLACEHOLDER.match(level) else level for level in rest.split("/"))
    return f"{SHARE}{group}/{plain}" if group else plain


@lru_cache(maxsize=1024)
def _compile(topic_filter: str) -> re.Pattern[str]:
    """A regular expression that catches each placeholder under its name."""
    _group, rest = split_share(topic_filter)
    levels = rest.split("/")
    # Wildcards never match a topic of the broker's own tree, such as $SYS (MQTT 5.0, 4.7.2).
    wild = levels[0] in ("+", "#") or _PLACEHOLDER.match(levels[0])
    tail = levels[-1] == "#"
    parts = []
    for level in levels[: -1 if tail else None]:
        found = _PLACEHOLDER.match(level)
        if found:
            parts.append(f"(?P<{found[1]}>[^/]*)")
        else:
            parts.append("[^/]*" if level == "+" else re.escape(level))
    pattern = "/".join(parts)
    if tail:  # '#' also stands for the parent level itself
        pattern = f"{pattern}(?:/.*)?" if parts else ".*"
    return re.compile(("(?![$])" if wild else "") + pattern, re.DOTALL)


def match(topic_filter: str, topic: str) -> dict[str, str] | None:
    """Return what the placeholders catch, or None when the filter does not match.

    >>> match("plant/{site}/{line}/{tag}", "plant/dairy/d1/pasteur-temp")
    {'site': 'dairy', 'line': 'd1', 'tag': 'pasteur-temp'}
    >>> match("plant/#", "plant"), match("plant/+", "plant/a/b"), match("#", "$SYS/uptime")
    ({}, None, None)
    >>> match("$share/g/{line}/temp", "d1/temp")
    {'line': 'd1'}
    """
    found = _compile(topic_filter).fullmatch(topic)
    return found.groupdict() if found else None


def check_template(template: str, topic_filter: str) -> str:
    """Return what is wrong with a sensor code template, or an empty text.

    >>> check_template("{line}-{tag}", "plant/{line}/{tag}")
    ''
    >>> check_template("{plant}-temp", "plant/{line}/{tag}")
    'the filter has no placeholder {plant}'
    >>> check_template("{line", "plant/{line}/{tag}")
    'a brace is not closed'
    """
    if not template.strip():
        return "it is empty"
    for name in _IN_TEMPLATE.findall(template):
        if name not in placeholders(topic_filter):
            return f"the filter has no placeholder {{{name}}}"
    return "a brace is not closed" if set("{}") & set(_IN_TEMPLATE.sub("", template)) else ""


def fill(template: str, caught: dict[str, str]) -> str:
    """Make a sensor code of a template and what the placeholders caught.

    >>> fill("{line}-{tag}", {"line": "d1", "tag": "ph"})
    'd1-ph'
    """
    return _IN_TEMPLATE.sub(lambda found: caught.get(found[1], ""), template)
