"""The catalog against a dict, whatever is written, removed, scanned and asked in whatever order."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dashboard.catalog import Catalog
from dashboard.catalog.paging import PageRequest
from dashboard.catalog.revision import Revision
from dashboard.catalog.slices import at_once
from storage_core.entries import NO_SIZE, Columns, EntryInfo
from storage_core.keys import KeyRef, key_from_bytes, key_to_bytes
from tests.dashboard.catalog.conftest import columns

NAMESPACES = st.sampled_from([None, "a.A", "a.AB", "z.Ω"])
NAMES = st.one_of(
    st.text(alphabet="ab:\n.é\udc80", max_size=4),
    st.integers(0, 40).map(lambda n: f"key-{n:02}"),
    st.just("free"),
)
KEYS = st.builds(lambda ns, name: KeyRef(ns, name).stored_key, NAMESPACES, NAMES)
SEARCHES = st.sampled_from(["", "", "a", "key-", "1", "ree", ":"])
SIZES = st.integers(0, 5)
EXPIRIES = st.none() | st.integers(1, 5).map(float)
SORTS = st.sampled_from(["key", "size", "expires", "changed"])
NEVER = float("inf")


class AmidChanges:
    """A store as a scan finds it, compared with the catalog while the feed names changes of it."""

    def __init__(self, catalog, truth, changes, now):
        self.catalog, self.changes, self.now = catalog, changes, now
        self.revision = Revision(catalog.index, now)
        self.facts = {k: (NO_SIZE if s is None else s, e) for k, (s, e) in truth.items()}
        self.told = {"written": set(), "removed": set()}
        self.changed = {}

    def reconcile(self, *, is_described):
        names = list(self.facts)
        for start in range(0, len(names), 7):
            page = columns({name: self.facts[name] for name in names[start : start + 7]})
            if is_described:
                found = [entry.key for entry in at_once(self.revision.look_at(page))]
            else:
                self.revision.gathered.add(Columns(page.keys))
                found = at_once(self.revision.unknown()) if start % 2 else []
            self.change()
            self.apply([self.seen(name) for name in found])
            self.change()
        self.apply([self.seen(name) for name in at_once(self.revision.unknown())])
        for section in list(self.catalog.index.sections.values()):
            if self.revision.is_gone(section.namespace):
                self.told["removed"] |= set(section.stored_keys())
                self.catalog.drop(section, self.revision.at)
        if is_described:
            for namespace in self.revision.marks:
                keys = at_once(self.revision.gone(namespace))
                self.change()
                self.apply([(key, self.revision.at, None) for key in keys])
        else:
            for section in list(self.catalog.index.sections.values()):
                self.ask_for(section)
        while self.changes:
            self.change()

    def ask_for(self, section):
        keys = section.keys[:]
        names = [KeyRef(section.namespace, key_from_bytes(key)).stored_key for key in keys]
        said = columns(dict(enumerate(self.facts.get(name, (NO_SIZE, None)) for name in names)))
        self.change()
        self.apply(self.revision.compare(section, 0, replace(said, keys=keys)))

    def seen(self, name):
        size, expires_at = self.facts[name]
        return (
            name,
            self.revision.at,
            EntryInfo(name, None if size == NO_SIZE else size, expires_at),
        )

    def apply(self, seen):
        done = self.catalog.apply(self.revision.current(seen))
        self.revision.mark_all(key for key, _, verb in done if verb == "written")
        for key, _, verb in done:
            self.told[verb].add(key)

    def change(self):
        if self.changes:
            name, size = self.changes.pop()
            self.now += 1
            self.revision.note([name])
            entry = None if size is None else EntryInfo(name, size)
            self.catalog.apply([(name, self.now, entry)])
            self.changed.pop(name, None)
            if entry is not None:
                self.changed[name] = (size, None, self.now)


class CatalogModel(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.catalog = Catalog(clock=lambda: 0.0)
        self.model: dict[str, tuple[int | None, float | None, float | None]] = {}
        self.now = 0.0

    @initialize(keys=st.lists(KEYS, max_size=60), prefix=st.sampled_from([b"", b"SM:", b"a:\xff:"]))
    def scan(self, keys, prefix):
        index = self.catalog.index
        for start in range(0, len(keys), 7):
            names = [prefix + key_to_bytes(key) for key in keys[start : start + 7]]
            index.extend(Columns(names, prefix=prefix))
            at_once(index.search("a", 3))
            if start % 14:
                at_once(index.take_gathered())
        at_once(index.settle())
        self.model = dict.fromkeys(keys, (None, None, None))

    @rule(key=KEYS, size=SIZES, expires=EXPIRIES)
    def write(self, key, size, expires):
        self.now += 1
        self.catalog.apply([(key, self.now, EntryInfo(key, size, expires))])
        self.model[key] = (size, expires, self.now)

    @rule(key=KEYS)
    def remove(self, key):
        assert bool(self.catalog.apply([(key, 0.0, None)])) == (key in self.model)
        self.model.pop(key, None)

    @rule(data=st.data())
    def remove_one_that_is_there(self, data):
        if self.model:
            self.remove(data.draw(st.sampled_from(sorted(self.model))))

    @rule(namespace=NAMESPACES, count=st.integers(1, 9))
    def remove_the_first_of_a_namespace(self, namespace, count):
        for row in self.catalog.page(namespace, limit=count).rows:
            self.remove(row.stored_key)

    @rule(
        namespace=NAMESPACES,
        sort=SORTS,
        search=SEARCHES,
        changes=st.lists(st.tuples(KEYS, st.none() | SIZES), min_size=1, max_size=30),
    )
    def read_a_page_in_slices_while_keys_change(self, namespace, sort, search, changes):
        request = PageRequest(sort, search=key_to_bytes(search), limit=100)
        work = self.catalog.page_work(namespace, request)
        section = self.catalog.index.sections.get(namespace)
        page = None
        while page is None:
            try:
                next(work)
            except StopIteration as end:
                page = end.value
            else:
                for key, size in (changes.pop() for _ in range(min(2, len(changes)))):
                    if size is None:
                        self.remove(key)
                    else:
                        self.write(key, size, None)
        if section is self.catalog.index.sections.get(namespace):
            wanted = self.expected(namespace, sort, descending=False, search=search)
            assert [row.stored_key for row in page.rows] == wanted[:100]

    @rule(namespace=NAMESPACES, sort=SORTS, descending=st.booleans(), search=SEARCHES)
    def read_all_pages(self, namespace, sort, descending, search):
        wanted = self.expected(namespace, sort, descending, search)
        ask = {"sort": sort, "descending": descending, "search": search, "limit": 3}
        page = self.catalog.page(namespace, **ask)
        read = [page]
        while page.next:
            page = self.catalog.page(namespace, after=page.next, **ask)
            read.append(page)
        assert [row.stored_key for page in read for row in page.rows] == wanted
        assert {page.total for page in read} == {len(wanted)}
        back = [page]
        while page.previous:
            page = self.catalog.page(namespace, before=page.previous, **ask)
            back.append(page)
        assert back[-1].rows == read[0].rows
        assert len(back) == len(read)

    @rule(text=st.one_of(NAMES, KEYS, st.sampled_from(["A:", ":key-1", "a.A:key", "A", ":", ""])))
    def search(self, text):
        matches = [key for key in self.model if key_to_bytes(text) in key_to_bytes(key)]
        found = self.catalog.search(text, limit=1000)
        assert found.total == len(matches)
        assert {row.stored_key for row in found.rows} == set(matches)
        assert len(self.catalog.search(text, limit=2).rows) == min(2, len(matches))

    @rule()
    def give_memory_back(self):
        at_once(self.catalog.index.forget_texts())

    @rule(
        gone=st.sets(KEYS, max_size=5),
        new=st.dictionaries(KEYS, SIZES, max_size=5),
        is_described=st.booleans(),
        changes=st.lists(st.tuples(KEYS, st.none() | SIZES), max_size=6),
    )
    def reconcile(self, gone, new, is_described, changes):
        self.now += 1
        truth = {k: (s, e) for k, (s, e, _) in self.model.items() if k not in gone}
        truth |= {key: (size, None) for key, size in new.items()}
        if not is_described:  # then the store is asked for each, and says the size
            truth = {key: (size or 0, expires) for key, (size, expires) in truth.items()}
        newer = {key for key, _ in changes}
        written = {k for k in truth if self.is_seen_rewritten(k, *truth[k])} - newer
        removed = self.model.keys() - truth.keys() - newer
        wanted = {
            key: (*truth[key], self.now if key in written else self.model[key][2])
            for key in truth.keys() - newer
        }
        store = AmidChanges(self.catalog, truth, changes, self.now)
        store.reconcile(is_described=is_described)
        assert store.told["written"] - newer == written
        assert store.told["removed"] - newer == removed
        self.now = store.now
        self.model = wanted | store.changed

    def is_seen_rewritten(self, key, size, expires):
        if key not in self.model:
            return True
        old_size, old_expires, _ = self.model[key]
        return None not in (old_size, size) and (old_size, old_expires) != (size, expires)

    def expected(self, namespace, sort, descending, search):
        def place(key):
            size, expires, changed = self.model[key]
            value = {
                "key": 0,
                "size": -1 if size is None else size,
                "expires": NEVER if expires is None else expires,
                "changed": changed or 0.0,
            }[sort]
            return value, key_to_bytes(KeyRef.parse(key).key)

        keys = [
            key
            for key in self.model
            if KeyRef.parse(key).namespace == namespace
            and key_to_bytes(search) in key_to_bytes(KeyRef.parse(key).key)
        ]
        return sorted(keys, key=place, reverse=descending)

    @invariant()
    def counts_are_exact(self):
        totals = self.catalog.totals()
        assert totals.keys == len(self.model)
        assert totals.size == sum(size or 0 for size, _, _ in self.model.values())
        assert totals.described == sum(size is not None for size, _, _ in self.model.values())
        spaces = [KeyRef.parse(key).namespace for key in self.model]
        assert totals.shared_keys == spaces.count(None)
        counted = {row.namespace: row.keys for row in self.catalog.namespaces()}
        assert counted == {ns: spaces.count(ns) for ns in set(spaces) if ns}

    @invariant()
    def each_key_is_found(self):
        for key, (size, expires, changed) in list(self.model.items())[:5]:
            row = self.catalog.row(key)
            assert (row.size, row.expires_at, row.changed_at) == (size, expires, changed)


CatalogModel.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestCatalogModel = CatalogModel.TestCase
