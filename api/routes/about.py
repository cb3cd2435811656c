"""What this is, the one stylesheet and the icon."""

from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import SettingsDep
from api.web.pages import render

router = APIRouter(include_in_schema=False)
_STATIC = files("api.web") / "static"
_STYLE = (_STATIC / "doseledger.css").read_bytes()
_ICON = (_STATIC / "doseledger.svg").read_bytes()


@router.get("/", response_class=RedirectResponse)
def root(settings: SettingsDep) -> Response:
    """Lead to what this is; dose views are opened from inside other programs."""
    return RedirectResponse(f"{settings.path_prefix}/about")


@router.get("/about", response_class=HTMLResponse)
def about(request: Request) -> Response:
    """Show what this is, what it is for and what it is not for."""
    return render(request.scope, "about.html", {})


@router.get("/static/doseledger.css")
def stylesheet() -> Response:
    """Return the stylesheet."""
    return Response(_STYLE, media_type="text/css; charset=utf-8")


@router.get("/static/doseledger.svg")
def icon() -> Response:
    """Return the icon."""
    return Response(_ICON, media_type="image/svg+xml")
