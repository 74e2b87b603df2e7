# prelude.py -- run once in r1-python before it is locked; jobs are forks of what this leaves behind.
#
# 1. Imports what jobs may import, so that no import opens a file later.
# 2. Takes out of reach what is not a matter of system calls (a clock is read without one) and what deserves a name
#    ("os.system is not allowed") better than that of the system call behind it.
# The real wall is worker_lock.c; whoever digs a function out of some corner of the interpreter meets that.
#
# `deny(name)` makes a function that ends the job with "name is not allowed"; `caller` stands in for sys._getframe;
# `setup(...)` hands over what the import guard needs. All are C (worker_python.c).

import sys, gc

PUBLIC = """__future__ __main__ abc array ast base64 binascii bisect builtins calendar cmath collections collections.abc
    colorsys contextlib copy dataclasses datetime decimal difflib enum fractions functools graphlib heapq io itertools
    json json.decoder json.encoder keyword math numbers operator pprint re reprlib statistics string struct sys textwrap
    types typing unicodedata warnings weakref""".split()

# Needed inside the library by name at run time, though jobs do not see them.
CODECS = "ascii latin_1 utf_8 utf_8_sig utf_16 utf_16_le utf_16_be utf_32 utf_32_le utf_32_be cp1252 cp437 rot_13 idna".split()

# Module -> what may stay of its functions. Everything else that can be called in it is denied by name.
SCRUB = {
    "posix": "fspath",
    "os": "fspath fsencode fsdecode _check_methods _fscodec",
    "time": "",
    "_thread": "RLock allocate_lock allocate get_ident",
    "_signal": "",
    "signal": "",
    "_imp": "acquire_lock release_lock lock_held is_builtin is_frozen",
    "marshal": "",
    "gc": "",
    "atexit": "",
    "faulthandler": "",
    "errno": "",
    "linecache": "",
    "tokenize": "",
    "_tracemalloc": "",
    "zipimport": "",
}
# Of modules that jobs do use.
SCRUB_NAMES = [("builtins", "open"), ("builtins", "breakpoint"), ("sys", "addaudithook"), ("sys", "breakpointhook"),
               ("sys", "__breakpointhook__"), ("sys", "_current_frames"), ("sys", "_current_exceptions"),
               ("sys", "settrace"), ("sys", "setprofile"), ("sys", "gettrace"), ("sys", "getprofile"),
               ("sys", "call_tracing"), ("sys", "_debugmallocstats"), ("io", "open_code"), ("_io", "open_code"),
               ("inspect", "currentframe"), ("inspect", "stack"), ("inspect", "trace")]
HIDDEN = ["posix", "os", "time", "_signal", "signal", "_imp", "marshal", "gc", "atexit", "faulthandler", "linecache",
          "tokenize", "zipimport", "random", "_datetime", "errno", "posixpath", "genericpath", "stat", "_tracemalloc",
          "_frozen_importlib", "_frozen_importlib_external", "importlib", "importlib._bootstrap", "importlib.util",
          "importlib._bootstrap_external", "importlib.machinery", "importlib._abc", "importlib.abc", "inspect", "dis", "os.path"]

Function, Builtin = type(lambda: 0), type(len)
collect, freeze = gc.collect, gc.freeze


def load():
    module = type(sys)
    # statistics wants random for samples(), and random would bring the clock, the operating system and OpenSSL.
    random = sys.modules["random"] = module("random")
    random.gauss, random.Random = deny("random.gauss"), deny("random.Random")
    # The C twin of datetime reads the clock where nothing can be put in between.
    sys.modules["_datetime"] = None
    for name in PUBLIC + ["_strptime"] + ["encodings." + c for c in CODECS]:
        __import__(name)
    del sys.modules["_datetime"]


def scrub():
    import time, builtins, warnings
    swap = {}  # id of a function -> what to put in its place, wherever it was imported to
    for name, keep in SCRUB.items():
        m = sys.modules.get(name)
        keep = keep.split()
        for k, v in list(vars(m).items()) if m else ():
            if k not in keep and type(v) in (Function, Builtin) and id(v) not in swap:
                swap[id(v)] = v, deny(name.lstrip("_") + "." + k)
    for name, k in SCRUB_NAMES:
        v = getattr(sys.modules.get(name), k, None)
        if v is not None:
            swap[id(v)] = v, deny(k if name == "builtins" else name.lstrip("_") + "." + k)
    swap[id(sys._getframe)] = sys._getframe, caller
    clock = time.strftime
    swap[id(clock)] = clock, strftime
    for quiet in "excepthook", "__excepthook__", "unraisablehook", "__unraisablehook__":
        setattr(sys, quiet, ignore)
    swap[id(builtins.__import__)] = builtins.__import__, guard
    warnings._showwarnmsg_impl = ignore  # would read source files to show their lines, for stderr
    mine = {id(swap)} | {id(v) for v in swap.values()} | {id(globals())}
    for d in gc.get_objects():
        if type(d) is dict and id(d) not in mine:
            for k, v in d.items():
                if id(v) in swap and v is swap[id(v)][0]:
                    d[k] = swap[id(v)][1]
    builtins.exit = builtins.quit = sys.exit
    return clock


def hide(clock):
    import io
    kept = [sys.modules.pop(n) for n in HIDDEN if n in sys.modules]
    known = frozenset(sys.stdlib_module_names)
    sys.path[:], sys.meta_path[:], sys.path_hooks[:] = [], [], []
    sys.path_importer_cache.clear()
    sys.argv = ["program.py"]
    sys.stdin = sys.__stdin__ = io.StringIO("")
    sys.stdout = sys.__stdout__ = out(1)
    sys.stderr = sys.__stderr__ = out(2)
    setup(frozenset(PUBLIC), known, kept, clock)


load()
hide(scrub())
collect()
freeze()
