"""What tests of several rooms share."""

import pytest


@pytest.fixture(scope="session")
def postgres_url():
    """A PostgreSQL of its own on a socket in a private folder, stopped at the end; skipped without one."""
    from tests import postgres  # uses pwd and fcntl, which Windows lacks

    with postgres.running() as url:
        yield url
