"""Work for the workers of the tests: they import it by its name."""

import os
import time

from voc_lib.run.tables import write_table

FAULT = "客户 13800138000 的话读不了"


def double(rows):
    time.sleep(0.1)
    return rows * 2


def fatal(rows):
    os._exit(1)


def wrong(rows):
    raise ValueError(FAULT)


def here(rows):
    return rows.assign(process=os.getpid())


def waiting(rows):
    os.write(1, f"{os.getpid()}\n".encode())
    time.sleep(900)


def written(frame, folder):
    """The bytes of the file of a frame."""
    write_table(frame, folder / "table.parquet")
    return (folder / "table.parquet").read_bytes()
