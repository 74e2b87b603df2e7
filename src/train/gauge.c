#include "train/gauge.h"

#include <math.h>

static double to_digits(double v, double scale) { return round(v * scale) / scale; }

static void totals(const int64_t *load, int E, double *all, double *max, double *entropy) {
    *all = *max = *entropy = 0;
    for (int i = 0; i < E; i++) {
        *all += (double)load[i];
        if ((double)load[i] > *max) *max = (double)load[i];
    }
    for (int i = 0; i<E && * all> 0; i++) {
        double p = (double)load[i] / *all;
        if (p > 0) *entropy -= p * log(p);
    }
    if (E > 1) *entropy /= log(E);
}

json_t *gauge_load(model *m) {
    const cfg *c      = model_cfg(m);
    json_t    *layers = json_array();
    int        E = c->n_routed_experts, main = c->num_hidden_layers - c->first_k_dense_replace;
    for (int l = 0; l < model_moe_layers(m); l++) {
        const int64_t *load = model_expert_load(m, l);
        double         all, max, entropy;
        json_t        *o = json_object(), *shares = json_array();
        totals(load, E, &all, &max, &entropy);
        for (int i = 0; i < E; i++)
            json_array_append_new(
                shares, json_real(all > 0 ? to_digits((double)load[i] * c->num_experts_per_tok / all, 1e4) : 0));
        json_object_set_new(o, "layer", l < main ? json_integer(c->first_k_dense_replace + l) : json_string("mtp"));
        json_object_set_new(o, "load", shares);
        json_object_set_new(o, "ratio", json_real(all > 0 ? to_digits(max * E / all, 1e4) : 0));
        json_object_set_new(o, "entropy", json_real(to_digits(entropy, 1e4)));
        json_array_append_new(layers, o);
    }
    return layers;
}

void gauge_gate(json_t *moe, const model *m) {
    size_t  l;
    json_t *o;
    json_array_foreach(moe, l, o)
        json_object_set_new(o, "gate", json_real(to_digits(model_gate_entropy(m, (int)l), 1e4)));
}

double gauge_busiest(model *m) {
    int    layers = model_moe_layers(m), E = model_cfg(m)->n_routed_experts;
    int    used = 0; /* the MTP module's layer may rest */
    double sum  = 0;
    for (int l = 0; l < layers; l++) {
        double all, max, entropy;
        totals(model_expert_load(m, l), E, &all, &max, &entropy);
        sum += all > 0 ? max * E / all : 0;
        used += all > 0;
    }
    return used ? sum / used : 0;
}

void gauge_drafts(gauge_draft *d, const rows_batch *b, const int *top, const int *draft) {
    for (int q = 0; q < b->n_seq; q++) {
        if (b->prompt[q] < 1) continue; /* a text: no answer */
        for (int t = b->start[q] + b->prompt[q] - 1; t + 1 < b->start[q + 1]; t++) {
            if (draft[t] < 0 || top[t + 1] < 0) continue;
            d->n++;
            d->accepted += draft[t] == top[t + 1];
        }
    }
}
