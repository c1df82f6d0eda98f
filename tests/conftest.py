"""What every test may ask for: real servers, started only where one does."""

pytest_plugins = ("tests.servers", "tests.elastic_house")
