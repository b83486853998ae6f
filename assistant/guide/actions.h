#ifndef CERTMEND_GUIDE_ACTIONS_H
#define CERTMEND_GUIDE_ACTIONS_H
/*
 * actions - what certmend can do itself on the way, after a yes
 *
 * What is offered follows from the fix's file: what brings a certificate can be
 * ordered, what reloads a service can be run, for everything there is a letter.
 * Here is only when an act is offered and what it will do; cmd/fix_act.c does
 * it.
 *
 * To add one: a row in actions.c, templates/session/act/<word>.mustache that
 * shows it beforehand, and a row in cmd/fix_act.c.
 */
#include "model/plan.h"

enum action_kind {
    ACT_NONE,
    ACT_REQUEST, /* write a key and a certificate request */
    ACT_LETTER,  /* write the letter to whoever runs the server */
    ACT_RUN,     /* run the command that the person named */
    ACT_PLAN,    /* show the order; changes nothing */
    ACT_ORDER,   /* order the certificate from an authority */
    ACT_SHOW,  /* show what would be changed on this machine; changes nothing */
    ACT_APPLY, /* change it, as shown */
    ACT_COUNT,
};

struct action {
    enum action_kind kind;
    const char *const *names; /* for the certificate */
    size_t names_len;
    const char *challenge; /* ACT_ORDER, or NULL */
    bool keep_key;         /* no new key, neither ordered nor asked for */
    const char *typed;     /* ACT_RUN: the command; ACT_ORDER, ACT_REQUEST:
                              options, or NULL */
    const char *target;    /* ACT_LETTER: words for target_parse() */
};

struct action_row {
    enum action_kind kind;
    const char *word;  /* what a person types */
    const char *more;  /* what is typed behind the word, or NULL: that is
                          offered where it is needed ("request --key FILE") */
    const char *offer; /* "I make the key and the request" */
    bool needs_more;   /* something has to be typed behind it */
    bool here;         /* only where certmend runs on the server itself */
    bool (*applies)(const struct fix *fix);
};

/* ACT_NONE ends it. */
extern const struct action_row act_rows[];

/* `here`: certmend runs on the server itself. */
bool action_is_offered(const struct action_row *row, const struct fix *fix,
                       bool here);

/* The row of that word that is offered, or NULL. */
const struct action_row *action_find(const struct fix *fix, bool here,
                                     const char *word);

#endif
