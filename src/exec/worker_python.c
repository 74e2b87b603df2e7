/* Inside a job: the code runs here. See worker.h for who trusts whom, prelude.py for what was taken away before.
 *
 * There is no Python code of ours on the job's stack, in its globals, or among its callers: it is compiled and run from
 * C, and its output goes through a C type into the slot. So there is no frame to walk back to, and nothing to restore.
 *
 * Refusals have three layers, each for what the one above lets through. Names: functions replaced by prelude.py, and
 * the import guard here. The audit hook: CPython's own report of what is about to happen (PEP 578), taken from C, so
 * that no trick of the language goes around it; it is a list of what is fine, and whatever else CPython reports is
 * refused. And seccomp, worker_lock.c, for what nobody reports.
 *
 * A refusal ends the job at once: a program that catches the exception and goes on would otherwise look innocent. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exec/worker.h"

#ifndef R1_PY_HOME
#define R1_PY_HOME "/usr"
#endif
#define FILENAME "<program>"
#define CALL "<call>" /* the lines of calls are not the program's */

/* The text of prelude.py, NUL-terminated. */
__asm__(".section .rodata\nworker_prelude:\n.incbin \"" R1_PRELUDE "\"\n.byte 0\n.previous");
extern const char worker_prelude[];

static worker_slot *slot;
static bool         guarded; /* from the lock on: the audit hook refuses */
static PyObject    *filename, *call_name, *public_names, *stdlib_names, *kept_modules, *main_dict;
static char         library[256]; /* where the standard library's files lie, with the slash */

/* ---- the end of a job */
static void put_error(worker_slot *s, const char *text) {
    size_t n = strcspn(text, "\r\n");
    if (n >= sizeof s->note.error) {
        n = sizeof s->note.error - 1;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80) n--; /* not in the middle of a character */
    }
    memcpy(s->note.error, text, n);
    s->note.error_n = (uint32_t)n;
}

void worker_end(worker_slot *s, exec_status status, const char *error) {
    if (error) put_error(s, error);
    s->note.status = (int32_t)status;
    _exit(0);
}

static void refuse(const char *what) {
    char buf[256];
    snprintf(buf, sizeof buf, "%.200s is not allowed", what);
    worker_end(slot, EXEC_DENIED, buf);
}

/* ---- what the job prints */
typedef struct out {
    PyObject_HEAD int fd;
    bool              binary;
} out;

static void put_out(const out *o, const char *p, Py_ssize_t n) {
    if (o->fd != 1) return; /* stderr: not part of what a program says */
    size_t room = EXEC_OUT_MAX - slot->note.out_n, take = (size_t)n;
    if (take > room) take = room;
    memcpy(slot->out + slot->note.out_n, p, take);
    slot->note.out_n += (uint32_t)take;
    if (take < (size_t)n) {
        while (take > 0 && ((unsigned char)p[take] & 0xc0) == 0x80) take--, slot->note.out_n--; /* whole characters */
        char buf[64];
        snprintf(buf, sizeof buf, "more than %d bytes of output", EXEC_OUT_MAX);
        worker_end(slot, EXEC_OUTPUT, buf);
    }
}

static PyObject *out_write(PyObject *self, PyObject *a) {
    out       *o = (out *)self;
    Py_ssize_t n, chars;
    if (o->binary) {
        Py_buffer b;
        if (PyObject_GetBuffer(a, &b, PyBUF_SIMPLE) != 0) return NULL;
        put_out(o, b.buf, b.len);
        chars = b.len;
        PyBuffer_Release(&b);
        return PyLong_FromSsize_t(chars);
    }
    if (!PyUnicode_Check(a))
        return PyErr_Format(PyExc_TypeError, "write() argument must be str, not %.100s", Py_TYPE(a)->tp_name);
    const char *p = PyUnicode_AsUTF8AndSize(a, &n);
    if (!p) return NULL;
    put_out(o, p, n);
    return PyLong_FromSsize_t(PyUnicode_GET_LENGTH(a));
}

static PyObject *out_writelines(PyObject *self, PyObject *a) {
    PyObject *it = PyObject_GetIter(a), *x;
    if (!it) return NULL;
    while ((x = PyIter_Next(it))) {
        PyObject *r = out_write(self, x);
        Py_DECREF(x);
        if (!r) break;
        Py_DECREF(r);
    }
    Py_DECREF(it);
    if (PyErr_Occurred()) return NULL;
    Py_RETURN_NONE;
}

static PyObject *out_none(PyObject *self, PyObject *a) {
    (void)self, (void)a;
    Py_RETURN_NONE;
}
static PyObject *out_true(PyObject *self, PyObject *a) {
    (void)self, (void)a;
    Py_RETURN_TRUE;
}
static PyObject *out_false(PyObject *self, PyObject *a) {
    (void)self, (void)a;
    Py_RETURN_FALSE;
}
static PyObject *out_fileno(PyObject *self, PyObject *a) {
    (void)self, (void)a;
    PyErr_SetString(PyExc_OSError, "fileno");
    return NULL;
}

static PyMethodDef out_methods[] = {
    {"write", out_write, METH_O, NULL},
    {"writelines", out_writelines, METH_O, NULL},
    {"flush", out_none, METH_NOARGS, NULL},
    {"isatty", out_false, METH_NOARGS, NULL},
    {"readable", out_false, METH_NOARGS, NULL},
    {"writable", out_true, METH_NOARGS, NULL},
    {"seekable", out_false, METH_NOARGS, NULL},
    {"close", out_none, METH_NOARGS, NULL},
    {"fileno", out_fileno, METH_NOARGS, NULL},
    {"reconfigure", (PyCFunction)(void *)out_none, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyObject *out_get(PyObject *self, void *what);

static PyGetSetDef out_getset[] = {
    {"encoding", out_get, NULL, NULL, (void *)"utf-8"},
    {"errors", out_get, NULL, NULL, (void *)"strict"},
    {"newlines", out_get, NULL, NULL, NULL},
    {"name", out_get, NULL, NULL, (void *)"<stdout>"},
    {"mode", out_get, NULL, NULL, (void *)"w"},
    {"closed", out_get, NULL, NULL, (void *)"closed"},
    {"buffer", out_get, NULL, NULL, (void *)"buffer"},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyTypeObject out_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "io.TextOut",
    .tp_basicsize                          = sizeof(out),
    .tp_flags                              = Py_TPFLAGS_DEFAULT,
    .tp_methods                            = out_methods,
    .tp_getset                             = out_getset,
};

static PyObject *out_new(int fd, bool binary) {
    out *o = PyObject_New(out, &out_type);
    if (!o) return NULL;
    o->fd     = fd;
    o->binary = binary;
    return (PyObject *)o;
}

static PyObject *out_get(PyObject *self, void *what) {
    if (!what) Py_RETURN_NONE;
    if (strcmp(what, "closed") == 0) Py_RETURN_FALSE;
    if (strcmp(what, "buffer") == 0) return out_new(((out *)self)->fd, true);
    return PyUnicode_FromString(what);
}

/* ---- refusals */
static bool in_set(PyObject *set, PyObject *name) {
    int r = set ? PySet_Contains(set, name) : 0;
    if (r < 0) PyErr_Clear();
    return r > 0;
}

static void refuse_import(PyObject *name) {
    char        buf[128];
    const char *s = PyUnicode_AsUTF8(name);
    snprintf(buf, sizeof buf, "import %.100s", s ? s : "?");
    refuse(buf);
}

/* What becomes of the import of a module that is not loaded, or not for jobs: true: it may be looked for (and will not
 * be found, which makes the usual exception); false: an exception is set. The job ends when it is one of the library's.
 */
static bool import_allowed(PyObject *name) {
    if (!PyUnicode_Check(name)) return true; /* let CPython complain */
    if (in_set(public_names, name)) return true;
    Py_ssize_t dot = PyUnicode_FindChar(name, '.', 0, PyUnicode_GET_LENGTH(name), 1);
    PyObject  *top = dot < 0 ? Py_NewRef(name) : PyUnicode_Substring(name, 0, dot);
    if (!top) return false;
    /* An unknown encoding is asked for as a module; the answer to that is LookupError. */
    bool codec = dot > 0 && PyUnicode_CompareWithASCIIString(top, "encodings") == 0;
    if (!codec && !in_set(public_names, top) && in_set(stdlib_names, top)) refuse_import(top);
    bool found = in_set(public_names, top);
    Py_DECREF(top);
    if (found) return true;
    PyErr_Format(PyExc_ModuleNotFoundError, "No module named %R", name);
    return false;
}

/* Is this the dictionary of a module of the library, which may import what it needs? The names in it prove nothing, the
 * dictionary itself can be had by a job; what that opens is only what prelude.py left in sys.modules. */
static bool of_library(PyObject *globals) {
    if (!globals || !PyDict_Check(globals) || globals == main_dict) return false;
    PyObject *name = PyDict_GetItemString(globals, "__name__"), *m;
    if (!name || !PyUnicode_Check(name)) return false;
    m = PyDict_GetItemWithError(PyImport_GetModuleDict(), name);
    return m && PyModule_Check(m) && PyModule_GetDict(m) == globals;
}

static PyObject *guard(PyObject *self, PyObject *args, PyObject *kw) {
    (void)self;
    static char *names[] = {"name", "globals", "locals", "fromlist", "level", NULL};
    PyObject    *name, *globals = NULL, *locals = NULL, *from = NULL;
    int          level = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kw, "U|OOOi:__import__", names, &name, &globals, &locals, &from, &level))
        return NULL;
    if (guarded && level == 0 && !of_library(globals) && !import_allowed(name)) return NULL;
    return PyImport_ImportModuleLevelObject(name, globals, locals, from, level);
}

static PyObject *denied(PyObject *self, PyObject *args, PyObject *kw) {
    (void)args, (void)kw;
    const char *name = PyUnicode_AsUTF8(self);
    if (guarded) refuse(name ? name : "?");
    return PyErr_Format(PyExc_RuntimeError, "%S is called by prelude.py or what it imports", self);
}

static PyObject *ignore(PyObject *self, PyObject *args, PyObject *kw) {
    (void)self, (void)args, (void)kw;
    Py_RETURN_NONE;
}

/* In sys._getframe's place: enough of a frame for namedtuple, Enum and typing to find out who calls, and no way on. */
static PyObject *caller(PyObject *self, PyObject *args) {
    (void)self;
    int depth = 0;
    if (!PyArg_ParseTuple(args, "|i:_getframe", &depth)) return NULL;
    PyFrameObject *f = PyThreadState_GetFrame(PyThreadState_Get()); /* new reference */
    while (f && depth-- > 0) {
        PyFrameObject *back = PyFrame_GetBack(f);
        Py_DECREF(f);
        f = back;
    }
    if (!f) {
        PyErr_SetString(PyExc_ValueError, "call stack is not deep enough");
        return NULL;
    }
    PyObject *g = PyFrame_GetGlobals(f), *types = PyImport_ImportModule("types"), *r = NULL;
    Py_DECREF(f);
    PyObject *empty = PyTuple_New(0), *kw = Py_BuildValue("{s:O}", "f_globals", g), *ns = NULL;
    if (types && empty && kw && (ns = PyObject_GetAttrString(types, "SimpleNamespace")))
        r = PyObject_Call(ns, empty, kw);
    Py_XDECREF(ns);
    Py_XDECREF(kw);
    Py_XDECREF(empty);
    Py_XDECREF(types);
    Py_DECREF(g);
    return r;
}

/* In time.strftime's place: without a time it would read the clock. */
static PyObject *real_strftime;
static PyObject *strftime_guard(PyObject *self, PyObject *args) {
    (void)self;
    if (PyTuple_GET_SIZE(args) == 1) refuse("time.strftime");
    return PyObject_Call(real_strftime, args, NULL);
}

/* What CPython reports and a job may do. Everything else is refused under the event's name. */
static const char *const events[] = {
    "compile",
    "exec",
    "builtins.id",
    "builtins.input",
    "builtins.input/result",
    "sys.unraisablehook",
    "sys.excepthook",
    "array.__new__",
    "object.__setattr__",
    "object.__delattr__",
    "function.__new__",
    "import",
    "object.__getattr__",
};

static bool file_of_library(const char *s) {
    return strncmp(s, library, strlen(library)) == 0 || strncmp(s, "<frozen ", 8) == 0;
}

static int audit(const char *event, PyObject *args, void *data) {
    (void)data;
    if (!guarded) return 0;
    size_t i = 0;
    while (i < sizeof events / sizeof *events && strcmp(event, events[i]) != 0) i++;
    PyObject *a = PyTuple_Check(args) && PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : NULL;
    PyObject *b = PyTuple_Check(args) && PyTuple_GET_SIZE(args) > 1 ? PyTuple_GET_ITEM(args, 1) : NULL;
    /* After a syntax error CPython looks for the line in the file (C's fopen: the only open without flags). */
    PyObject *flags = PyTuple_Check(args) && PyTuple_GET_SIZE(args) > 2 ? PyTuple_GET_ITEM(args, 2) : NULL;
    if (strcmp(event, "open") == 0 && flags && PyLong_Check(flags) && PyLong_AsLong(flags) == 0) {
        PyErr_SetString(PyExc_FileNotFoundError, "no files here");
        return -1;
    }
    if (i == sizeof events / sizeof *events) refuse(event);
    if (strcmp(event, "import") == 0) return a && import_allowed(a) ? 0 : -1;
    if (strcmp(event, "object.__getattr__") == 0 && b && PyUnicode_Check(b)) {
        const char *s = PyUnicode_AsUTF8(b);
        /* A frame can switch the counting of its lines off. */
        if (s && (strstr(s, "_frame") || strcmp(s, "f_back") == 0)) refuse(s);
    }
    if (strcmp(event, "compile") == 0 && b && PyUnicode_Check(b)) {
        const char *s = PyUnicode_AsUTF8(b);
        if (!s) return -1;
        if (file_of_library(s) || strcmp(s, CALL) == 0)
            refuse("compile under a library's file name"); /* its lines would not be counted */
    }
    return 0;
}

/* ---- for prelude.py */
static PyMethodDef deny_def  = {"denied", (PyCFunction)(void *)denied, METH_VARARGS | METH_KEYWORDS, NULL};
static PyMethodDef guard_def = {"__import__", (PyCFunction)(void *)guard, METH_VARARGS | METH_KEYWORDS, NULL};

static PyObject *make_deny(PyObject *self, PyObject *name) {
    (void)self;
    return PyCFunction_New(&deny_def, name);
}

static PyObject *make_out(PyObject *self, PyObject *fd) {
    (void)self;
    return out_new((int)PyLong_AsLong(fd), false);
}

static PyObject *setup(PyObject *self, PyObject *args) {
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &public_names, &stdlib_names, &kept_modules, &real_strftime)) return NULL;
    Py_INCREF(real_strftime);
    Py_INCREF(public_names);
    Py_INCREF(stdlib_names);
    Py_INCREF(kept_modules);
    Py_RETURN_NONE;
}

static PyMethodDef tools[] = {
    {"deny", make_deny, METH_O, NULL},      {"out", make_out, METH_O, NULL},
    {"setup", setup, METH_VARARGS, NULL},   {"ignore", (PyCFunction)(void *)ignore, METH_VARARGS | METH_KEYWORDS, NULL},
    {"caller", caller, METH_VARARGS, NULL}, {"strftime", strftime_guard, METH_VARARGS, NULL},
};

/* Our own mistake, or a library that is not the one expected: not for PyErr_Print, whose stderr may be gone by then. */
static void explain(char *why, int n) {
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    PyObject   *s = value ? PyObject_Repr(value) : NULL;
    const char *t = s ? PyUnicode_AsUTF8(s) : NULL;
    snprintf(why, (size_t)n, "prelude.py, line %d: %s (Python %d.%d, library in %s)",
             tb ? ((PyTracebackObject *)tb)->tb_lineno : 0, t ? t : "?", PY_MAJOR_VERSION, PY_MINOR_VERSION, library);
}

static bool run_prelude(char *why, int n) {
    PyObject *g = PyDict_New(), *code = Py_CompileString(worker_prelude, "prelude.py", Py_file_input), *r = NULL;
    bool      ok = g && code && PyDict_SetItemString(g, "__builtins__", PyEval_GetBuiltins()) == 0;
    for (size_t i = 0; ok && i < sizeof tools / sizeof *tools; i++) {
        PyObject *f = PyCFunction_New(&tools[i], NULL);
        ok          = f && PyDict_SetItemString(g, tools[i].ml_name, f) == 0;
        Py_XDECREF(f);
    }
    PyObject *f = PyCFunction_New(&guard_def, NULL);
    ok          = ok && f && PyDict_SetItemString(g, "guard", f) == 0;
    Py_XDECREF(f);
    if (ok) r = PyEval_EvalCode(code, g, g);
    ok = r != NULL;
    if (!ok) explain(why, n);
    Py_XDECREF(r);
    Py_XDECREF(code);
    if (g) PyDict_Clear(g);
    Py_XDECREF(g);
    return ok;
}

/* ---- start */
static bool start_interpreter(char *why, int n) {
    PyConfig c;
    PyConfig_InitIsolatedConfig(&c);
    c.use_hash_seed           = 1;
    c.hash_seed               = 0;
    c.site_import             = 0;
    c.install_signal_handlers = 0;
    c.write_bytecode          = 0;
    c.pathconfig_warnings     = 0;
    PyStatus s                = PyConfig_SetString(&c, &c.home, L"" R1_PY_HOME);
    if (!PyStatus_Exception(s)) s = PyWideStringList_Append(&c.warnoptions, L"ignore");
    if (!PyStatus_Exception(s)) s = Py_InitializeFromConfig(&c);
    PyConfig_Clear(&c);
    if (PyStatus_Exception(s)) {
        snprintf(why, (size_t)n, "CPython does not start: %s", s.err_msg ? s.err_msg : "no reason given");
        return false;
    }
    return true;
}

/* Page faults are most of what a small job costs. New objects go into the holes of old pages, which are everywhere, and
 * each is a page to copy. So the holes are filled, and jobs begin on fresh pages that lie side by side: a third fewer
 * faults. pymalloc has pools of 16 KB, each for one size; a block at the start of one says that no hole is left. */
static void fill_holes(void) {
    for (size_t size = 16; size <= 512; size += 16)
        for (int i = 0; i < 100000; i++) {
            char *p = PyObject_Malloc(size);
            if (p && ((uintptr_t)p & 0x3fff) < 64) {
                PyObject_Free(p);
                break;
            }
        }
    char *top = malloc(24);
    for (size_t size = 65536; size >= 24; size = size > 1024 ? size - 512 : size - 16)
        for (int i = 0; i < 100000; i++) {
            char *p = malloc(size);
            if (!p) break;
            if (p > top) { /* from the end of the heap: nowhere else was room */
                top = p;
                free(p);
                break;
            }
        }
}

bool worker_python_start(worker_slot *s, char *why, int n) {
    slot = s;
    worker_calls_start(s);
    if (PySys_AddAuditHook(audit, NULL) != 0 || !start_interpreter(why, n)) {
        if (!*why) snprintf(why, (size_t)n, "CPython takes no audit hook");
        return false;
    }
    snprintf(library, sizeof library, "%s/lib/python%d.%d/", R1_PY_HOME, PY_MAJOR_VERSION, PY_MINOR_VERSION);
    PyObject *m = PyImport_AddModule("__main__");
    main_dict   = m ? PyModule_GetDict(m) : NULL;
    filename    = PyUnicode_InternFromString(FILENAME);
    call_name   = PyUnicode_InternFromString(CALL);
    if (!main_dict || !filename || !call_name || PyType_Ready(&out_type) != 0) {
        snprintf(why, (size_t)n, "CPython does not start: no memory");
        return false;
    }
    if (!run_prelude(why, n)) return false;
    PyDict_DelItemString(main_dict, "__loader__"); /* a script has another one, and it loads */
    PyErr_Clear();
    fill_holes();
    guarded = true;
    return true;
}

/* ---- run */
static int count_line(PyObject *obj, PyFrameObject *frame, int what, PyObject *arg) {
    (void)obj, (void)arg;
    if (what != PyTrace_LINE) return 0;
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject     *file = code->co_filename;
    if (file == filename || (file != call_name && !file_of_library(PyUnicode_AsUTF8(file)))) slot->note.lines++;
    Py_DECREF(code);
    return 0;
}

static void trace(Py_tracefunc f) {
    guarded = false; /* CPython reports this, too */
    PyEval_SetTrace(f, NULL);
    guarded = true;
}

static int line_of(PyObject *tb) {
    int line = 0;
    for (; tb && PyTraceBack_Check(tb); tb = (PyObject *)((PyTracebackObject *)tb)->tb_next) {
        PyCodeObject *code = PyFrame_GetCode(((PyTracebackObject *)tb)->tb_frame);
        if (PyUnicode_Compare(code->co_filename, filename) == 0) {
            PyObject *n = PyObject_GetAttrString(tb, "tb_lineno");
            if (n) line = (int)PyLong_AsLong(n);
            Py_XDECREF(n);
        }
        Py_DECREF(code);
    }
    PyErr_Clear();
    return line;
}

/* A SyntaxError of the program itself knows its line; one of eval("...") inside it has a traceback instead. */
static int line_of_syntax_error(PyObject *value) {
    PyObject *n    = PyObject_GetAttrString(value, "lineno");
    int       line = n && PyLong_Check(n) ? (int)PyLong_AsLong(n) : 0;
    Py_XDECREF(n);
    PyErr_Clear();
    return line;
}

static PyObject *message(PyObject *value) {
    PyObject *s = NULL;
    if (PyErr_GivenExceptionMatches(value, PyExc_SyntaxError)) s = PyObject_GetAttrString(value, "msg");
    if (s && !PyUnicode_Check(s)) Py_CLEAR(s);
    PyErr_Clear();
    if (!s) s = PyObject_Str(value);
    if (!s) {
        PyErr_Clear();
        s = PyUnicode_FromString("<exception str() failed>");
    }
    return s;
}

static void raised(void) __attribute__((noreturn));
static void raised(void) {
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    slot->note.error_line = tb ? line_of(tb) : line_of_syntax_error(value);
    /* Anything below may fail for want of memory: this is the answer then. */
    bool memory = PyErr_GivenExceptionMatches(value, PyExc_MemoryError);
    if (memory) worker_end(slot, EXEC_MEMORY, "MemoryError");
    char      buf[2 * EXEC_WIRE_ERROR]; /* put_error cuts, between characters */
    PyObject *name = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__qualname__");
    PyObject *mod  = PyObject_GetAttrString((PyObject *)Py_TYPE(value), "__module__");
    PyObject *text = message(value), *safe = text ? PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace") : NULL;
    const char *t    = safe ? PyBytes_AsString(safe) : "",
               *q    = name && PyUnicode_Check(name) ? PyUnicode_AsUTF8(name) : NULL;
    const char *m    = mod && PyUnicode_Check(mod) ? PyUnicode_AsUTF8(mod) : NULL;
    bool        bare = !m || strcmp(m, "builtins") == 0 || strcmp(m, "__main__") == 0;
    snprintf(buf, sizeof buf, "%.100s%s%.150s%s%s", bare ? "" : m, bare ? "" : ".", q ? q : "?", *t ? ": " : "", t);
    worker_end(slot, EXEC_RAISED, buf);
}

/* What CPython does at its end, as far as a program can see it: the globals go, in order, and __del__ prints. */
static void let_go(void) {
    PyObject  *k, *v;
    Py_ssize_t i = 0;
    while (PyDict_Next(main_dict, &i, &k, &v))
        if (v != Py_None && PyUnicode_Check(k) && PyUnicode_CompareWithASCIIString(k, "__builtins__") != 0 &&
            PyDict_SetItem(main_dict, k, Py_None) != 0)
            PyErr_Clear();
}

static void run_calls(void) {
    const char *end = slot->calls + slot->calls_n;
    for (const char *p = slot->calls; p < end; p += strlen(p) + 1) {
        guarded        = false; /* CPython reports this under the name that is ours alone */
        PyObject *code = Py_CompileStringObject(p, call_name, Py_eval_input, NULL, -1);
        guarded        = true;
        PyObject *v    = code ? PyEval_EvalCode(code, main_dict, main_dict) : NULL;
        if (v) worker_calls_put(v);
        else worker_calls_raised();
        Py_XDECREF(v);
        Py_XDECREF(code);
    }
}

void worker_python_run(void) {
    PyObject *code = Py_CompileStringObject(slot->code, filename, Py_file_input, NULL, -1);
    if (!code) raised();
    if (slot->count_lines) trace(count_line);
    PyObject *r = PyEval_EvalCode(code, main_dict, main_dict);
    if (r) run_calls();
    if (slot->count_lines) trace(NULL);
    if (!r) raised();
    Py_DECREF(r);
    let_go();
    worker_end(slot, EXEC_OK, NULL);
}
