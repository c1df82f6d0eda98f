"""`huiyin user`: who may come in. Passwords and links are told once, in this terminal, and nowhere else."""

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace

from api import bootstrap
from api.accounts.account import Account, new_account
from api.accounts.people import People, people_of
from api.cli.installation import open_installation
from api.entrance import Entrance, open_entrance
from api.replacement import Replaced, Replacing, as_row
from pipeline.domain.errors import BadInput
from pipeline.domain.row import iso_of


def run(arguments: argparse.Namespace) -> int:
    """Do what is asked of the book of accounts, and print what came of it."""
    here = open_installation(arguments)
    with closing(here.stores):
        people = people_of(here.stores.records, here.stores.clock)
        if arguments.action == "replace":
            _replace(Replacing(here.stores, bootstrap.open_desk(here.stores, here.settings), people), arguments)
            return 0
        _DO[arguments.action](people, open_entrance(here.config.web), arguments)
    return 0


def _list(people: People, _entrance: Entrance, arguments: argparse.Namespace) -> None:
    accounts = people.accounts.every()
    if arguments.json:
        print(json.dumps([_row(people, account) for account in accounts], ensure_ascii=False))
        return
    for account in accounts:
        roles, units = ",".join(sorted(account.roles)), ",".join(sorted(account.units))
        print(f"{account.id:<20} {_state(account):<12} {roles:<32} {units}  {account.name}")
        for token in people.tokens.of(account.id):
            print(f"  token {token.id}  until {iso_of(token.until)}  {','.join(sorted(token.roles))}  {token.purpose}")
    print(f"{len(accounts)} accounts" if accounts else "no account yet; `huiyin user link` makes the first one's link")


def _row(people: People, account: Account) -> Mapping[str, object]:
    tokens = [
        {"id": one.id, "until": iso_of(one.until), "roles": sorted(one.roles), "purpose": one.purpose}
        for one in people.tokens.of(account.id)
    ]
    return {
        "id": account.id,
        "name": account.name,
        "roles": sorted(account.roles),
        "units": sorted(account.units),
        "state": _state(account),
        "tokens": tokens,
    }


def _state(account: Account) -> str:
    if account.is_disabled:
        return "disabled"
    return "active" if account.password else "no password"


def _add(people: People, entrance: Entrance, arguments: argparse.Namespace) -> None:
    account = new_account(_name(arguments), arguments.display, _parts(arguments.roles), _parts(arguments.units))
    people.accounts.add(account, author=arguments.author, reason=arguments.reason)
    print(f"account {account.id} is there, without a password")
    _print_link(entrance, people.link_for(account.id), account.id)


def _link(people: People, entrance: Entrance, arguments: argparse.Namespace) -> None:
    if arguments.name:
        _print_link(entrance, people.link_for(arguments.name), arguments.name)
        return
    link = people.first_link()
    if link is None:
        raise BadInput("there are accounts already; say whose link, `huiyin user link NAME`", code="ACC-105")
    _print_link(entrance, link, "the first account")


def _print_link(entrance: Entrance, link: str, whose: str) -> None:
    print(f"link for {whose}, for one use within 24 hours: {entrance.url}/link/{link}")


def _password(people: People, _entrance: Entrance, arguments: argparse.Namespace) -> None:
    account = _account(people, arguments)
    people.set_password(account.id, _read_password(), author=arguments.author)
    print(f"the password of {account.id} is set; its sessions have ended")
    _print_tokens(people, account)


def _read_password() -> str:
    """Return what is typed twice without being shown, or the first line where nobody types."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("new password: ")
    if getpass.getpass("once more: ") != first:
        raise BadInput("the two are not the same; nothing was changed", code="ACC-105")
    return first


def _disable(people: People, _entrance: Entrance, arguments: argparse.Namespace) -> None:
    is_disabled = arguments.action == "disable"
    account = people.accounts.set_disabled(
        _account(people, arguments).id, is_disabled=is_disabled, author=arguments.author, reason=arguments.reason
    )
    print(f"account {account.id} is {'disabled; its sessions have ended' if is_disabled else 'enabled'}")


def _log_out(people: People, _entrance: Entrance, arguments: argparse.Namespace) -> None:
    account = people.accounts.end_sessions(
        _account(people, arguments).id, author=arguments.author, reason=arguments.reason
    )
    print(f"every session of {account.id} has ended")
    _print_tokens(people, account)


def _print_tokens(people: People, account: Account) -> None:
    """A token is a program's, and outlives sessions and passwords."""
    tokens = people.tokens.of(account.id)
    if tokens:
        ids = ", ".join(token.id for token in tokens)
        print(f"its tokens stay valid: {ids}; `huiyin user token {account.id} --revoke ID` ends one")
    else:
        print("it has no token; tokens would stay valid")


def _roles(people: People, _entrance: Entrance, arguments: argparse.Namespace) -> None:
    account = _account(people, arguments)
    roles, units = _parts(arguments.roles) or account.roles, _parts(arguments.units) or account.units
    wanted = new_account(account.id, arguments.display or account.name, roles, units)
    people.accounts.change(
        account.id,
        lambda found: replace(found, roles=wanted.roles, units=wanted.units, name=wanted.name),
        author=arguments.author,
        reason=arguments.reason,
    )
    print(f"account {account.id}: roles {', '.join(sorted(wanted.roles))}; units {', '.join(sorted(wanted.units))}")


def _token(people: People, _entrance: Entrance, arguments: argparse.Namespace) -> None:
    account = _account(people, arguments)
    if arguments.revoke:
        people.tokens.revoke(account.id, arguments.revoke)
        print(f"token {arguments.revoke} of {account.id} no longer works")
        return
    roles = _parts(arguments.roles) or account.roles
    secret = people.tokens.make(
        account, frozenset(roles), days=arguments.days, purpose=arguments.reason, author=arguments.author
    )
    print(f"token of {account.id} for {arguments.days} days, shown this once: {secret}")


def _replace(replacing: Replacing, arguments: argparse.Namespace) -> None:
    """Everything open of the one is the other's, and told; told in JSON where a machine asks."""
    if not arguments.new:
        raise BadInput("say who takes over: `huiyin user replace OLD NEW`; nothing was changed", code="ACC-105")
    done = replacing.replace(
        _name(arguments), arguments.new, author=arguments.author, reason=arguments.reason or "replaced"
    )
    if arguments.json:
        print(json.dumps(as_row(done), ensure_ascii=False))
        return
    for line in _said(done):
        print(line)


def _said(done: Replaced) -> Iterator[str]:
    for unit, places in done.places.items():
        if len(places):
            owned, offered, signs = map(len, (places.owned, places.offered, places.to_sign))
            yield f"{unit}: {owned} incidents owned, {offered} offered, {signs} to sign"
        if done.settings.get(unit):
            yield f"{unit}: settings {', '.join(done.settings[unit])}"
    if done.messages:
        yield f"{done.messages} unsent messages"
    for address in done.kept_to:
        yield f"{done.new} is now told at {address}; if that is {done.old}'s own address, change it in the settings"
    yield f"nothing open names {done.old} any more; the account is disabled and every session of it has ended"


def _account(people: People, arguments: argparse.Namespace) -> Account:
    name = _name(arguments)
    account = people.accounts.get(name)
    if account is None:
        raise BadInput(f"no account {name!r}; `huiyin user list` shows all", code="ACC-103")
    return account


def _name(arguments: argparse.Namespace) -> str:
    if not arguments.name:
        sentence = f"say whose account: `huiyin user {arguments.action} NAME`; nothing was changed"
        raise BadInput(sentence, code="ACC-105")
    return str(arguments.name)


def _parts(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


_DO: Mapping[str, Callable[[People, Entrance, argparse.Namespace], None]] = {
    "list": _list,
    "add": _add,
    "link": _link,
    "password": _password,
    "disable": _disable,
    "enable": _disable,
    "logout": _log_out,
    "roles": _roles,
    "token": _token,
}
