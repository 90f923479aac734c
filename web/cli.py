"""`emporion`: serve, stress, links, token create, keys generate, config, simulate,
plot-estimates, version.
"""

import argparse
import os
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, get_args

import trio

from .. import __version__
from ..engine.config_loader import DEFAULT_FILE, LoadedConfig, explain, load_config
from ..engine.errors import ConfigError
from ..engine.grants import RoleName
from ..engine.media import Source
from . import plot_command, simulate_command
from .keys import effective_auth, new_key, signing_key
from .links import DEFAULT_TTL_S, LinkMaker, base_url, describe, links_of_all_templates
from .serve_command import OpenNode, serve
from .stress_command import stress
from .tokens import GrantClaims, make_token

_UNIT_S: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTHANDS: Final = {
    "data_dir": "node.data_dir",
    "host": "http.host",
    "port": "http.port",
    "media_port": "media.port",
    "metrics_port": "metrics.port",
    "log_level": "log.level",
}


def run(arguments: Sequence[str], open_node: OpenNode) -> int:
    """Run one command; returns the exit status: 0 done, 2 wrong usage or configuration."""
    options = build_parser().parse_args(arguments)
    options.open_node = open_node
    try:
        status: int = options.run(options)
    except ConfigError as error:
        print(f"emporion: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # `emporion links | head`: the reader has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def build_parser() -> argparse.ArgumentParser:
    """All commands and their flags."""
    parser = argparse.ArgumentParser(
        prog="emporion", description="A self-hosted, real-time room engine for training merchants."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run a node until SIGTERM or SIGINT")
    serve.set_defaults(run=_serve)
    stress = commands.add_parser("stress", help="run a node behind an emulated bad network")
    stress.add_argument("--profile", default="3g", help="its name or a trace file (default: 3g)")
    stress.add_argument("--seed", type=int, default=1, help="of chance (default: 1)")
    stress.set_defaults(run=_stress)
    links = commands.add_parser("links", help="print links that open rooms of this node")
    links.add_argument("--room", help="one room only; without it one for each template")
    links.add_argument("--template", default="class", help="of the room (default: class)")
    links.add_argument("--ttl", type=_duration, default=DEFAULT_TTL_S, help="e.g. 90m, 24h, 7d")
    links.set_defaults(run=_links)
    config = commands.add_parser("config", help="check the configuration")
    config.add_argument("--explain", action="store_true", help="print each value with its source")
    config.set_defaults(run=_config)
    token = commands.add_parser("token", help="make tokens").add_subparsers(
        required=True, metavar="COMMAND"
    )
    create = _add_token_create(token.add_parser("create", help="print a token for one person"))
    keys = commands.add_parser("keys", help="make keys").add_subparsers(
        required=True, metavar="COMMAND"
    )
    keys.add_parser("generate", help="print a new key for [auth.keys]").set_defaults(run=_keys)
    simulation = commands.add_parser("simulate", help="run a room in virtual time, over a network")
    simulate_command.add_arguments(simulation)
    simulation.set_defaults(run=_simulate)
    plot = commands.add_parser("plot-estimates", help="draw a dump of what links were believed")
    plot_command.add_arguments(plot)
    plot.set_defaults(run=plot_command.run)
    commands.add_parser("version", help="print the version").set_defaults(run=_version)
    for command in (serve, stress, links, config, create, simulation):
        _add_config_flags(command)
    return parser


def _add_config_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        help=f"TOML file (default: $EMPORION_CONFIG, or {DEFAULT_FILE} if it is there)",
    )
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="any key, e.g. http.port=80"
    )
    for name, key in _SHORTHANDS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", help=f"same as --set {key}=…")


def _add_token_create(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--room", required=True)
    parser.add_argument("--identity", required=True, help="unique in the room")
    parser.add_argument("--name", help="shown to others; without it the page asks")
    parser.add_argument("--role", choices=get_args(RoleName), default="merchant")
    parser.add_argument("--template", help="guidance, class, briefing (default: the node's)")
    parser.add_argument("--ttl", type=_duration, default=DEFAULT_TTL_S, help="e.g. 90m, 24h, 7d")
    parser.add_argument(
        "--publish",
        type=_sources,
        help="none, all, or sources between commas: " + ", ".join(Source),
    )
    parser.add_argument("--hidden", action="store_true", help="not listed in the room")
    parser.add_argument("--shared", action="store_true", help="many people may join by it at once")
    parser.add_argument("--link", action="store_true", help="print the whole link")
    parser.set_defaults(run=_token_create)
    return parser


# -- commands ------------------------------------------------------------------------------------


def _serve(options: argparse.Namespace) -> int:
    return trio.run(serve, _load(options).config, options.open_node)


def _stress(options: argparse.Namespace) -> int:
    config = _load(options).config
    return trio.run(stress, config, options.open_node, options.profile, options.seed)


def _links(options: argparse.Namespace) -> int:
    config = _load(options).config
    key_id, secret = signing_key(effective_auth(config))
    url = base_url(config.http, config.http.port)
    maker = LinkMaker(key_id, secret, url, time.time() + options.ttl)
    if options.room is None:
        print(describe(links_of_all_templates(maker, config)))
    elif options.template in config.rooms.templates:
        print(describe(maker.links_of_room(options.room, options.template)))
    else:
        raise ConfigError(f"there is no template {options.template!r} in rooms.templates")
    return 0


def _token_create(options: argparse.Namespace) -> int:
    config = _load(options).config
    key_id, secret = signing_key(effective_auth(config))
    token = make_token(
        key_id,
        secret,
        identity=options.identity,
        name=options.name,
        is_shared=options.shared,
        expires_at_unix_s=time.time() + options.ttl,
        grants=GrantClaims(
            room=options.room,
            room_join=True,
            role=options.role,
            template=options.template,
            can_publish=None if options.publish is None else bool(options.publish),
            can_publish_sources=options.publish or None,
            hidden=options.hidden or None,
        ),
    )
    print(f"{base_url(config.http, config.http.port)}/#{token}" if options.link else token)
    return 0


def _keys(options: argparse.Namespace) -> int:
    key_id, secret = new_key()
    print(f'[auth.keys]\n{key_id} = "{secret.reveal()}"')
    return 0


def _config(options: argparse.Namespace) -> int:
    loaded = _load(options)
    print("\n".join(explain(loaded)) if options.explain else "The configuration is valid.")
    return 0


def _simulate(options: argparse.Namespace) -> int:
    return simulate_command.run(options, _load(options).config)


def _version(options: argparse.Namespace) -> int:
    print(__version__)
    return 0


# -- values --------------------------------------------------------------------------------------


def _load(options: argparse.Namespace) -> LoadedConfig:
    return load_config(_config_file(options.config), os.environ, dict(_flags(options)))


def _config_file(named: Path | None) -> Path | None:
    if named is not None:
        return named
    if "EMPORION_CONFIG" in os.environ:
        return Path(os.environ["EMPORION_CONFIG"])
    default = Path(DEFAULT_FILE)
    return default if default.is_file() else None


def _flags(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    for name, key in _SHORTHANDS.items():
        if (value := getattr(options, name)) is not None:
            yield key, value
    for setting in options.set:
        key, equals, value = setting.partition("=")
        if not equals:
            raise ConfigError(f"--set {setting}: expected KEY=VALUE")
        yield key.strip(), value.strip()


def _duration(text: str) -> float:
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write e.g. 90m, 24h or 7d")
    return float(int(match[1]) * _UNIT_S[match[2]])


def _sources(text: str) -> tuple[Source, ...]:
    if text in ("none", "all"):
        return tuple(Source) if text == "all" else ()
    try:
        return tuple(Source(word.strip()) for word in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
