"""Where a request comes from: which address, and whether a page of ours sent it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from api.settings import ApiSettings
from dose_core.errors import DoseError

REQUESTED_BY = "x-doseledger-request"  # no form and no other site's script can send it without being asked first (CORS)


class ForeignOriginError(DoseError):
    """This was sent by a page of another site, or does not say by which; send it from a page of ours."""


def client_address(request: Request, settings: ApiSettings) -> str:
    """
    Return the address that a request comes from, to count by and for the record of looks.

    ``X-Forwarded-For`` is believed where a proxy that the site trusts says it, and only what that proxy itself saw:
    the last address that is not a trusted proxy's.
    """
    address = request.client.host if request.client else ""
    if not _is_trusted(address, settings):
        return address
    # A proxy may add a line of its own to those that the caller sent: all of them are one list (RFC 9110, 5.3).
    for stated in reversed(",".join(request.headers.getlist("x-forwarded-for")).split(",")):
        address = stated.strip() or address
        if not _is_trusted(address, settings):
            break
    return address[:100]


def require_our_page(request: Request, settings: ApiSettings) -> None:
    """
    Refuse what was not sent by a page of ours.

    Browsers say by ``Origin`` which page sent a form or a script's request, and by ``Sec-Fetch-Site`` how it is
    related to us; who says neither is no browser of today.

    Source: OWASP CSRF Prevention, verifying origin with standard headers; W3C Fetch Metadata, 2.

    Raises:
        ForeignOriginError: it comes from elsewhere, or does not say from where.
    """
    ours = urlsplit(settings.public_url)
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    is_ours = origin == f"{ours.scheme}://{ours.netloc}" if origin is not None else site == "same-origin"
    if not is_ours or site not in {None, "same-origin"}:
        raise ForeignOriginError("this can be sent from a page of ours only")


def require_our_script(request: Request, settings: ApiSettings) -> None:
    """
    Refuse a request to the REST API that changes something and comes with a cookie, unless a script of ours sent it.

    Raises:
        ForeignOriginError: it comes from elsewhere, or without the header ``X-DoseLedger-Request``.
    """
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    require_our_page(request, settings)
    if REQUESTED_BY not in request.headers:
        raise ForeignOriginError("beside a cookie, what changes something needs the header X-DoseLedger-Request")


def _is_trusted(address: str, settings: ApiSettings) -> bool:
    try:
        one = ip_address(address)
    except ValueError:
        return False
    return any(one in network for network in settings.trusted_proxies)
