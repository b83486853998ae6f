#ifndef CERTMEND_GUIDE_TURN_H
#define CERTMEND_GUIDE_TURN_H
/*
 * turn - one turn of a session while it is being made, for guide/ alone
 *
 * A phase is a row of phase_rows[]: what it says when it is reached, and what
 * it makes of an answer.
 *
 * To add one: enum phase, a row in session.c, and templates/session/
 * ask/<word>, prompt/<word> and help/<word>.
 */
#include "guide/answer.h"
#include "guide/render.h"
#include "guide/session.h"

struct turn_context {
    struct session *s;
    struct render render;
    struct turn *turn;
    bool enters; /* another phase, which is yet to say what it is about */
    const struct answer *got; /* of a turn that answers one; else NULL */
};

struct phase_row {
    void (*ask)(struct turn_context *t);
    void (*answer)(struct turn_context *t, const struct answer *got);
};

/* Enters a phase, and is the last of a turn: session.c then lets it say what it
 * is about and what can be typed. */
void turn_go(struct turn_context *t, enum phase phase);
/* Stays: says again what can be typed. */
void turn_prompt(struct turn_context *t);
/* The answer fits nothing here; said kindly, and not for ever. `why`: a
 * sentence, or NULL. */
void turn_misunderstood(struct turn_context *t, const char *why);
/* The same in a text of its own. */
void turn_again(struct turn_context *t, const char *text, struct json *data);
void turn_look(struct turn_context *t, enum look_for what, const char *target);
void turn_end(struct turn_context *t, enum ending ending);

/* What every text may use: asked, server (as it is told), target (as it is
 * typed behind a command), who_is, fix, ... */
struct json *turn_data(struct turn_context *t);

/* The phases. */
void ask_error(struct turn_context *t);
void answer_error(struct turn_context *t, const struct answer *got);
void ask_server(struct turn_context *t);
void answer_server_typed(struct turn_context *t, const struct answer *got);
void ask_address(struct turn_context *t);
void answer_address(struct turn_context *t, const struct answer *got);
void ask_who(struct turn_context *t);
void answer_who(struct turn_context *t, const struct answer *got);
void ask_fix(struct turn_context *t);
void answer_fix(struct turn_context *t, const struct answer *got);
void ask_software(struct turn_context *t);
void answer_software(struct turn_context *t, const struct answer *got);
void ask_step(struct turn_context *t);
void answer_step(struct turn_context *t, const struct answer *got);
void ask_command(struct turn_context *t);
void answer_command(struct turn_context *t, const struct answer *got);
void ask_confirm(struct turn_context *t);
void answer_confirm(struct turn_context *t, const struct answer *got);

/* Choosing on a new report: the best fix for who is asking. */
void turn_choose(struct turn_context *t, const struct report *r);
void turn_why(struct turn_context *t);
/* "letter", "request" and so on, typed where `got` came up; false: it is none
 * of these. */
bool turn_offer(struct turn_context *t, const struct answer *got);
void turn_reworded(struct turn_context *t, const struct report *r);
void turn_seen(struct turn_context *t, const struct report *r);
void turn_did(struct turn_context *t, const struct action_result *result);
/* "?" alone, or with a word behind it. */
void turn_help(struct turn_context *t, const struct answer *got);

#endif
