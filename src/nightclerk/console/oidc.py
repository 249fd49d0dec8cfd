"""Signing in with the company's own accounts (OpenID Connect): off unless `oidc` stands in config/settings.yaml."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from nightclerk.console.rights import Role
from nightclerk.errors import ApplicationError, BusinessError, MissingPart
from nightclerk.texts import say

#: How long somebody may take at the account service.
AWAY = timedelta(minutes=10)
#: So many sign-ins may be under way at once; the oldest is forgotten.
MOST_AWAY = 500
TIMEOUT_S = 10
#: Signatures by the service's own key; none that a client's secret, or nobody, could make.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY_S = 60


class OidcUnreachable(ApplicationError):
    """Facts: issuer, why."""

    zh = "公司账号服务 {issuer} 没有正常回答（{why}）。请稍后再试，或用姓名和密码登录。"
    en = "The account service {issuer} did not answer properly ({why}). Try later, or sign in by name and password."


class OidcRefused(BusinessError):
    """The answer was not for this browser, too old, or not signed as it should be. Facts: why."""

    zh = "这次登录没有完成（{why}）。请重新点“公司账号登录”。"
    en = "This sign-in was not completed ({why}). Choose the company account once more."


class NoRoleHere(BusinessError):
    """Facts: name, claim."""

    zh = "“{name}”在公司账号里没有夜班的角色。请管理员在 config/settings.yaml 的 oidc.roles 里对上其“{claim}”。"
    en = "“{name}” has no role here. Ask the admin to map their “{claim}” under oidc.roles in config/settings.yaml."


@dataclass(frozen=True, kw_only=True)
class Oidc:
    """One account service. `roles` maps a value of the claim to a role; the first in the file that fits counts."""

    issuer: str
    client: str
    roles: Mapping[str, Role]
    secret: Callable[[], str] = field(default=str, repr=False)
    claim: str = "groups"
    name: str = "preferred_username"
    scope: str = "openid profile"

    def role_of(self, claims: Mapping[str, Any]) -> Role | None:
        """The role that the claims give; None for somebody who has none here."""
        found = claims.get(self.claim) or ()
        held = {str(one) for one in ([found] if isinstance(found, str) else found)}
        return next((role for value, role in self.roles.items() if value in held), None)


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Who came back from the account service. `subject` is theirs for ever, whatever their name becomes."""

    subject: str
    name: str
    role: Role


@dataclass(frozen=True, kw_only=True)
class _Away:
    nonce: str
    verifier: str
    back: str
    until: datetime


def oidc_of(settings: Mapping[str, Any], secret: Callable[[str], str]) -> Oidc | None:
    """What the workspace's settings say; `secret` looks a name up in the vault. ApplicationError, MissingPart."""
    if not settings:
        return None
    _library()
    known = {role.value: role for role in Role}
    strange = [str(word) for word in settings["roles"].values() if word not in known]
    if strange:
        raise ApplicationError(say("console.oidc.roles", role=strange[0], roles=", ".join(known)))
    kept = {key: str(settings[key]) for key in ("claim", "name", "scope") if settings.get(key)}
    name = str(settings.get("secret") or "")
    return Oidc(
        issuer=str(settings["issuer"]), client=str(settings["client"]), secret=lambda: secret(name) if name else "",
        roles={str(value): known[word] for value, word in settings["roles"].items()}, **kept,
    )  # fmt: skip


def _library() -> Any:
    try:
        from authlib.integrations import requests_client
    except ImportError as error:
        raise MissingPart(code="NO_OIDC", part="authlib", remedy=say("console.oidc.install")) from error
    return requests_client


class AccountService:
    """Leads browsers to the account service and reads what they bring back. Any thread."""

    def __init__(self, settings: Oidc) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._away: OrderedDict[str, _Away] = OrderedDict()
        self._facts: Mapping[str, Any] | None = None

    def leave(self, *, here: str, back: str, now: datetime) -> tuple[str, str]:
        """(address at the service, state): the browser keeps the state in a cookie. OidcUnreachable."""
        state, nonce, verifier = (secrets.token_urlsafe(36) for _ in range(3))
        with self._client(here) as client:
            facts = self._known(client)
            address, _ = client.create_authorization_url(
                facts["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier
            )
        with self._lock:
            self._away[state] = _Away(nonce=nonce, verifier=verifier, back=back, until=now + AWAY)
            while len(self._away) > MOST_AWAY:
                self._away.popitem(last=False)
        return str(address), state

    def arrive(self, answer: str, *, here: str, state: str, kept: str, now: datetime) -> tuple[Newcomer, str]:
        """(who, where they wanted to go) of the address that the service sent the browser to.

        `kept` is the state of the browser's own cookie. OidcRefused, OidcUnreachable, NoRoleHere.
        """
        with self._lock:
            away = self._away.pop(state, None) if state and hmac.compare_digest(state.encode(), kept.encode()) else None
        if away is None or away.until < now:
            raise OidcRefused(why=say("console.oidc.stale"))
        with self._client(here) as client:
            claims = self._claims(client, answer, state, away)
        name = str(claims.get(self.settings.name) or claims["sub"]).strip()
        role = self.settings.role_of(claims)
        if role is None:
            raise NoRoleHere(name=name, claim=self.settings.claim)
        return Newcomer(subject=f"{self.settings.issuer} {claims['sub']}", name=name, role=role), away.back

    def _client(self, here: str) -> Any:
        settings = self.settings
        return _library().OAuth2Session(
            settings.client, settings.secret() or None, scope=settings.scope, redirect_uri=here,
            code_challenge_method="S256", default_timeout=TIMEOUT_S,
            token_endpoint_auth_method="client_secret_basic" if settings.secret() else "none",
        )  # fmt: skip

    def _known(self, client: Any) -> Mapping[str, Any]:
        """Where the service has what, asked for once; it must call itself by the name that we know it by."""
        if self._facts is None:
            found = self._json(client, f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self.settings.issuer.rstrip("/"):
                raise OidcUnreachable(issuer=self.settings.issuer, why=say("console.oidc.other_name"))
            self._facts = found
        return self._facts

    def _json(self, client: Any, address: str) -> dict[str, Any]:
        try:
            answer = client.get(address, withhold_token=True)
            answer.raise_for_status()
            found = answer.json()
        except (OSError, ValueError) as error:
            raise OidcUnreachable(issuer=self.settings.issuer, why=type(error).__name__) from error
        return found if isinstance(found, dict) else {}

    def _claims(self, client: Any, answer: str, state: str, away: _Away) -> Mapping[str, Any]:
        """What the signed token says, once everything about it is checked."""
        from authlib.common.errors import AuthlibBaseError
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        facts = self._known(client)
        try:
            token = client.fetch_token(
                facts["token_endpoint"], authorization_response=answer, state=state, code_verifier=away.verifier
            )
            keys = KeySet.import_key_set(self._json(client, facts["jwks_uri"]))  # type: ignore[arg-type]
            claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_S, iss={"essential": True, "value": facts["issuer"]}, sub={"essential": True},
                aud={"essential": True, "value": self.settings.client}, exp={"essential": True},
                nonce={"essential": True, "value": away.nonce},
            ).validate(claims)  # fmt: skip
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise OidcRefused(why=str(getattr(error, "error", "")) or type(error).__name__) from error
        except OSError as error:
            raise OidcUnreachable(issuer=self.settings.issuer, why=type(error).__name__) from error
        return claims
