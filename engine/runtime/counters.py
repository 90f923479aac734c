"""Counts of one supervision tree: plain integers, read by the metrics at scrape time."""

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """One for each tree, shared by its supervisors and mailboxes; only ever grow."""

    started: int = 0
    ended: int = 0
    crashes: int = 0
    restarts: int = 0
    received: int = 0
    dead_letters: int = 0
    refused: int = 0
    replaced: int = 0
    overloaded: int = 0
    grace_overruns: int = 0
    stop_failures: int = 0
    watcher_failures: int = 0


@dataclass(frozen=True, slots=True)
class SupervisorStatistics:
    """A snapshot. The gauges are of this supervisor and all below it, the counts of the whole tree.

    Attributes:
        actors: Actors that live (starting, running or about to be restarted).
        supervisors: Supervisors that live, this one included.
        mailbox_depth: Messages that wait, in all mailboxes together.
        mailbox_depth_max: Messages that wait in the fullest mailbox.
        started: Successful starts of actors and supervisors, restarts included.
        ended: Actors and supervisors that ended for good.
        crashes: Runs that ended with `Crash`.
        restarts: Runs that followed another run of the same child.
        received: Messages handed to `receive`.
        dead_letters: Told messages that nobody read, because the actor had ended or then did.
        refused: Tells and asks that got `MailboxFull`.
        replaced: Undelivered messages replaced by a later one (`Overflow.LATEST`).
        overloaded: Actors stopped by `Overflow.DISCONNECT`.
        grace_overruns: Ends that took longer than the child's `grace_s`.
        stop_failures: Errors raised by `stopped()`.
        watcher_failures: Errors raised by a watcher's callback.
    """

    actors: int
    supervisors: int
    mailbox_depth: int
    mailbox_depth_max: int
    started: int
    ended: int
    crashes: int
    restarts: int
    received: int
    dead_letters: int
    refused: int
    replaced: int
    overloaded: int
    grace_overruns: int
    stop_failures: int
    watcher_failures: int
