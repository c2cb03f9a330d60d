import pytest

from voc_lib.register import database, models


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def engine(url):
    """An empty register."""
    engine = database.open(url)
    models.Base.metadata.drop_all(engine)
    engine.dispose()
    engine = database.open(url)
    yield engine
    engine.dispose()
