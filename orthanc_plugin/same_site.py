"""
Refuse what another site makes a browser send: it would come with the password that the browser keeps for Orthanc.

A page of another site can post forms and plain text without asking; JSON it can post only if Orthanc allows it, which
Orthanc does not (Fetch Standard, "CORS-safelisted request-header"). What the browser says of the sender counts too.
"""

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

from dose_core.errors import DoseError

_JSON_MEDIA_TYPE = "application/json"
_OWN_PAGES = frozenset(("same-origin", "none"))  # "none": the person, not a page (W3C Fetch Metadata, 2.3)


class RefusedError(DoseError):
    """A request is none that may change something here; ``status`` is the HTTP status to answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def check_same_site(headers: Mapping[str, str]) -> None:
    """
    Pass a request that changes something if it is one of our own pages' or of no browser's.

    ``headers`` have lower-case names, as Orthanc gives them. Browsers state Sec-Fetch-Site to https and to their own
    machine only; elsewhere Origin (RFC 6454, 7) is compared with Host, without ports, which proxies leave out.

    Raises:
        RefusedError: it is no JSON, or the browser says that another site sends it.
    """
    if headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON_MEDIA_TYPE:
        raise RefusedError(http.client.UNSUPPORTED_MEDIA_TYPE, "send it with Content-Type: application/json")
    site = headers.get("sec-fetch-site")
    if site is not None:
        is_own = site.strip().lower() in _OWN_PAGES
    elif "origin" in headers:
        sender = _host_of(headers["origin"])
        is_own = sender is not None and sender == _host_of("//" + headers.get("host", ""))
    else:
        is_own = True  # no browser
    if not is_own:
        text = "the request comes from another site; behind a reverse proxy, let it pass on the Host header"
        raise RefusedError(http.client.FORBIDDEN, text)


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address.strip()).hostname
    except ValueError:
        return None
