"""Names that a scan gives, gathered by namespace before something is done with them."""

from collections.abc import Iterator
from itertools import repeat

from storage_core.entries import Columns
from storage_core.keys import SEPARATOR, key_from_bytes, namespace_of

__all__ = ["COLON", "Gathered"]

COLON = SEPARATOR.encode()


class Gathered:
    """Names by what stands before their colon: many at a time cost less than each alone."""

    def __init__(self) -> None:
        self.by_head: dict[bytes, list[bytes]] = {}
        self.shared: list[bytes] = []
        self.count = 0

    def add(self, page: Columns) -> None:
        """Take in the names of a page. This is what a scan of a large store costs most of all."""
        by_head, shared = self.by_head, self.shared
        head = page.prefix.count(COLON)
        tail = head + 1
        for parts in map(bytes.split, page.keys, repeat(COLON), repeat(tail)):
            try:
                name = parts[tail]
                # Kept by the name: while it is in the processor's cache that costs a third of what
                # it costs at the end of the scan, when the store is not waited for any more.
                hash(name)
                by_head[parts[head]].append(name)
            except KeyError:
                if len(parts) > tail:
                    by_head[parts[head]] = [parts[tail]]
                else:
                    shared.append(parts[head])
            except IndexError:  # a shared key is spelled like a head
                shared.append(parts[head])
        self.count += len(page.keys)

    def take(self) -> Iterator[tuple[str | None, list[bytes]]]:
        """Take out each namespace (None: the shared keys, which come last) with its names."""
        by_head, self.by_head = self.by_head, {}
        shared, self.shared = self.shared, []
        self.count = 0
        for head, tails in by_head.items():
            namespace = namespace_of(key_from_bytes(head) + SEPARATOR)
            if namespace is None:
                shared += [head + COLON + tail for tail in tails]
            else:
                yield namespace, tails
        if shared:
            yield None, shared
