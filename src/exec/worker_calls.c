/* The values of calls in the normal form of exec.h.
 *
 * What is asked of an object here is what it is made of, through the C functions of its built-in type: a class of the
 * job's that overrides __repr__, __iter__ or __eq__ is not asked. So a value cannot say of itself that it is another.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exec/worker.h"

enum { DEEP = 60 }; /* a list may hold itself */

static worker_slot *slot;

void worker_calls_start(worker_slot *s) { slot = s; }

static void put(const char *p, size_t n) {
    if (n > EXEC_OUT_MAX - slot->note.value_n) worker_end(slot, EXEC_OUTPUT, "more than 65536 bytes of values");
    memcpy(slot->value + slot->note.value_n, p, n);
    slot->note.value_n += (uint32_t)n;
}

static void puts_of(const char *s) { put(s, strlen(s)); }

static void put_type(char before, const PyTypeObject *t, const char *after) {
    const char *dot = strrchr(t->tp_name, '.');
    put(&before, 1);
    puts_of(dot ? dot + 1 : t->tp_name);
    puts_of(after);
}

static void put_text(PyObject *text) { /* takes it */
    Py_ssize_t  n;
    const char *p = text ? PyUnicode_AsUTF8AndSize(text, &n) : NULL;
    if (p) put(p, (size_t)n);
    else put_type('!', PyErr_Occurred() ? (PyTypeObject *)PyErr_Occurred() : &PyBaseObject_Type, "");
    PyErr_Clear();
    Py_XDECREF(text);
}

static void value(PyObject *v, int deep);

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The text that value() has put since `from`, taken off again; the caller frees it. */
static char *take_since(uint32_t from) {
    char *s            = strndup(slot->value + from, slot->note.value_n - from);
    slot->note.value_n = from;
    return s;
}

static void put_sorted(char **text, size_t n) {
    qsort(text, n, sizeof *text, by_text);
    puts_of("{");
    for (size_t i = 0; i < n; i++) {
        if (i) puts_of(", ");
        if (text[i]) puts_of(text[i]);
        free(text[i]);
    }
    puts_of("}");
    free(text);
}

static void dict(PyObject *v, int deep) {
    Py_ssize_t i = 0;
    size_t     n = 0;
    PyObject  *k, *x;
    char     **text = calloc((size_t)PyDict_Size(v) + 1, sizeof *text);
    while (text && PyDict_Next(v, &i, &k, &x)) {
        uint32_t from = slot->note.value_n;
        value(k, deep + 1);
        puts_of(": ");
        value(x, deep + 1);
        text[n++] = take_since(from);
    }
    if (text) put_sorted(text, n);
}

static void set(PyObject *v, int deep) {
    Py_ssize_t i = 0;
    size_t     n = 0;
    PyObject  *x;
    Py_hash_t  h;
    char     **text = calloc((size_t)PySet_GET_SIZE(v) + 1, sizeof *text);
    if (PySet_GET_SIZE(v) == 0) puts_of("set()");
    else
        while (text && _PySet_NextEntry(v, &i, &x, &h)) {
            uint32_t from = slot->note.value_n;
            value(x, deep + 1);
            text[n++] = take_since(from);
        }
    if (n) put_sorted(text, n);
    else free(text);
}

static void items(PyObject *v, int deep, const char *open, const char *close) {
    puts_of(open);
    for (Py_ssize_t i = 0; i < Py_SIZE(v); i++) {
        if (i) puts_of(", ");
        value(PyList_Check(v) ? PyList_GET_ITEM(v, i) : PyTuple_GET_ITEM(v, i), deep + 1);
    }
    puts_of(close);
}

static void number(PyObject *v) {
    double d = PyFloat_AS_DOUBLE(v);
    if (isfinite(d) && d == floor(d)) {
        PyObject *i = PyLong_FromDouble(d);
        put_text(i ? PyLong_Type.tp_repr(i) : NULL);
        Py_XDECREF(i);
    } else put_text(PyFloat_Type.tp_repr(v));
}

static void value(PyObject *v, int deep) {
    if (deep > DEEP) puts_of("...");
    else if (v == Py_None) puts_of("None");
    else if (PyBool_Check(v)) puts_of(v == Py_True ? "1" : "0");
    else if (PyLong_Check(v)) put_text(PyLong_Type.tp_repr(v));
    else if (PyFloat_Check(v)) number(v);
    else if (PyUnicode_Check(v)) put_text(PyUnicode_Type.tp_repr(v));
    else if (PyList_Check(v)) items(v, deep, "[", "]");
    else if (PyTuple_Check(v)) items(v, deep, "(", ",)");
    else if (PyDict_Check(v)) dict(v, deep);
    else if (PyAnySet_Check(v)) set(v, deep);
    else put_type('<', Py_TYPE(v), ">");
}

void worker_calls_put(PyObject *v) {
    value(v, 0);
    puts_of("\n");
}

void worker_calls_raised(void) {
    PyObject *type, *v, *tb;
    PyErr_Fetch(&type, &v, &tb);
    put_type('!', type && PyType_Check(type) ? (PyTypeObject *)type : &PyBaseObject_Type, "\n");
    Py_XDECREF(type);
    Py_XDECREF(v);
    Py_XDECREF(tb);
}
