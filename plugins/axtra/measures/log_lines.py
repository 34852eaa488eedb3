"""The lines of access logs: the combined format, and the JSON of nginx and of Caddy."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from axtra.core.dates import ZONE

# Source: Apache HTTP Server, « Log Files »; nginx, ngx_http_log_module (« combined »). A virtual
# host may come first.
_COMBINED = re.compile(
    r"(?:\S+:\d+ (?=[\da-fA-F.:]+ ))?(?P<address>\S+) \S+ [^\[\"]*"
    r"\[(?P<day>\d\d)/(?P<month>[A-Z][a-z]{2})/(?P<year>\d{4}):[^\]]*\] "
    r'"(?P<request>(?:[^"\\]|\\.)*)" (?P<status>\d{3}) \S+'
    r'(?: "(?P<referrer>(?:[^"\\]|\\.)*)" "(?P<agent>(?:[^"\\]|\\.)*)")?'
)
_MONTHS = {
    name: f"{rank:02}"
    for rank, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_LOCAL = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):")
_ISO = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)[T ]")
_MILLISECONDS = 1e11  # from here on, a number of seconds would be 5138


@dataclass(frozen=True, slots=True)
class LogLine:
    """A request, as a host noted it.

    `day` (YYYY-MM-DD) is that of the log's own time zone. Moments that are only numbers of seconds
    have none: their day is that of Quebec.
    """

    address: str
    day: str
    method: str
    target: str
    status: int
    referrer: str
    agent: str


def read(line: str) -> LogLine | None:
    """Read a line; None when it is of none of these formats."""
    if line.startswith("{"):
        return _json(line)
    found = _COMBINED.match(line)
    if found is None or found["month"] not in _MONTHS:
        return None
    method, _, rest = found["request"].partition(" ")
    return LogLine(
        found["address"],
        f"{found['year']}-{_MONTHS[found['month']]}-{found['day']}",
        method,
        rest.partition(" ")[0],
        int(found["status"]),
        found["referrer"] or "",
        found["agent"] or "",
    )


def _json(line: str) -> LogLine | None:
    try:
        given = json.loads(line)
    except ValueError:
        return None
    if not isinstance(given, dict):
        return None
    within = given.get("request")
    if isinstance(within, dict):
        return _caddy(given, within)
    return _nginx(given)


def _caddy(given: Mapping[str, Any], request: Mapping[str, Any]) -> LogLine | None:
    """Read a line of Caddy.

    Source: Caddy documentation, « How Logging Works », http.log.access.
    """
    headers = request.get("headers")
    headers = headers if isinstance(headers, dict) else {}
    return _line(
        request.get("client_ip") or request.get("remote_ip") or request.get("remote_addr"),
        given.get("ts") or given.get("time"),
        request.get("method"),
        request.get("uri"),
        given.get("status"),
        _first(headers.get("Referer")),
        _first(headers.get("User-Agent")),
    )


def _nginx(given: Mapping[str, Any]) -> LogLine | None:
    """Read a line of a JSON format of nginx, whose fields are named after its variables."""
    request = str(given.get("request", ""))
    method, _, rest = request.partition(" ")
    moments = ("time_iso8601", "time_local", "timestamp", "@timestamp", "time", "msec", "ts")
    return _line(
        _any(given, "remote_addr", "client_ip", "remote_ip", "ip", "client"),
        _any(given, *moments),
        _any(given, "request_method", "method") or method,
        _any(given, "request_uri", "uri", "path", "url") or rest.partition(" ")[0],
        given.get("status"),
        _any(given, "http_referer", "http_referrer", "referer", "referrer"),
        _any(given, "http_user_agent", "user_agent", "agent", "ua"),
    )


def _any(given: Mapping[str, Any], *names: str) -> Any:  # noqa: ANN401 - JSON
    return next((given[name] for name in names if given.get(name) not in {None, ""}), None)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _line(
    address: object,
    moment: object,
    method: object,
    target: object,
    status: object,
    referrer: object,
    agent: object,
) -> LogLine | None:
    day = _day(moment)
    if day is None or not (isinstance(address, str) and isinstance(target, str) and target):
        return None
    try:
        code = int(str(status))
    except ValueError:
        return None
    return LogLine(
        address, day, str(method or "GET"), target, code, str(referrer or ""), str(agent or "")
    )


def _day(moment: object) -> str | None:
    if isinstance(moment, str):
        if found := _ISO.match(moment):
            return "-".join(found.groups())
        if (found := _LOCAL.match(moment)) and found[2] in _MONTHS:
            return f"{found[3]}-{_MONTHS[found[2]]}-{found[1]}"
        try:
            moment = float(moment)
        except ValueError:
            return None
    if isinstance(moment, bool) or not isinstance(moment, int | float):
        return None
    seconds = moment / 1000 if moment > _MILLISECONDS else moment
    try:
        return f"{datetime.fromtimestamp(seconds, UTC).astimezone(ZONE):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):
        return None
