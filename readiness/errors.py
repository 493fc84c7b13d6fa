"""One family of errors: each message names the place, the fact and the remedy for the person who can fix it."""


class ReadinessError(Exception):
    """The ancestor of every error that is somebody's to mend. On the command line: exit 2; on a page: its `status`."""

    status = 400


class NotFound(ReadinessError):
    """A page, link or file that is not there."""

    status = 404


class Closed(ReadinessError):
    """Something that was open and no longer is."""

    status = 409


class Unavailable(ReadinessError):
    """A part that does not answer now; trying again later may help."""

    status = 503
