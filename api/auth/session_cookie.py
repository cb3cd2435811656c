"""The cookie of who is signed in."""

from fastapi import Request

from api.settings import ApiSettings


def cookie_name(settings: ApiSettings) -> str:
    """
    Return the name of the cookie.

    Browsers take one with the prefix ``__Host-`` only over https, from this host and for all of it, so that no other
    host of the domain can set it; below a path of the host, ``__Secure-`` is what is left (RFC 6265bis, 4.1.3).
    """
    if not settings.is_https:
        return "doseledger_session"
    return "__Secure-doseledger" if settings.path_prefix else "__Host-doseledger"


def session_cookie(settings: ApiSettings, secret: str) -> str:
    """Return the Set-Cookie value of a session: until the browser is closed, for requests from our own site."""
    return f"{cookie_name(settings)}={secret}; {_attributes(settings)}"


def no_cookie(settings: ApiSettings) -> str:
    """Return the Set-Cookie value that takes the cookie back."""
    return f"{cookie_name(settings)}=; Max-Age=0; {_attributes(settings)}"


def secret_in(request: Request, settings: ApiSettings) -> str | None:
    """Return the secret in the cookie of a request, if there is one."""
    return request.cookies.get(cookie_name(settings))


def _attributes(settings: ApiSettings) -> str:
    path = settings.path_prefix or "/"
    return f"Path={path}; HttpOnly; SameSite=Lax" + ("; Secure" if settings.is_https else "")
