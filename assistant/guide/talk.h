#ifndef CERTMEND_GUIDE_TALK_H
#define CERTMEND_GUIDE_TALK_H
/*
 * talk - one turn of a session while it is being made, for guide/ alone
 *
 * A phase is a row of phase_rows[]: what it says when it is reached, and what
 * it makes of an answer.
 *
 * To add one: enum phase, a row in session.c, and templates/session/
 * ask/<word>, prompt/<word> and help/<word>.
 */
#include "guide/answer.h"
#include "guide/say.h"
#include "guide/session.h"

struct talk {
    struct session *s;
    struct say say;
    struct turn *turn;
};

struct phase_row {
    void (*ask)(struct talk *t);
    void (*answer)(struct talk *t, const struct answer *got);
};

/* Enters a phase: says what it is about and what can be typed. */
void talk_go(struct talk *t, enum phase phase);
/* Stays: says again what can be typed. */
void talk_prompt(struct talk *t);
/* The answer fits nothing here; said kindly, and not for ever. `why`: a
 * sentence, or NULL. */
void talk_misunderstood(struct talk *t, const char *why);
void talk_look(struct talk *t, enum look_for what, const char *target);
void talk_end(struct talk *t, enum ending ending);

/* What every text may use: asked, target, who_is, client_is, fix, ... */
struct json *talk_data(struct talk *t);

/* The phases. */
void ask_error(struct talk *t);
void answer_error(struct talk *t, const struct answer *got);
void ask_server(struct talk *t);
void answer_server_typed(struct talk *t, const struct answer *got);
void ask_who(struct talk *t);
void answer_who(struct talk *t, const struct answer *got);
void ask_fix(struct talk *t);
void answer_fix(struct talk *t, const struct answer *got);
void ask_step(struct talk *t);
void answer_step(struct talk *t, const struct answer *got);
void ask_command(struct talk *t);
void answer_command(struct talk *t, const struct answer *got);
void ask_confirm(struct talk *t);
void answer_confirm(struct talk *t, const struct answer *got);

/* Choosing on a new report: the best fix for who is asking. */
void talk_choose(struct talk *t, const struct report *r);
void talk_why(struct talk *t);
/* "letter", "request" and so on, typed where `got` came up; false: it is none
 * of these. */
bool talk_offer(struct talk *t, const struct answer *got);
void talk_seen(struct talk *t, const struct report *r);
void talk_did(struct talk *t, const struct deed *deed);
/* "?" alone, or with a word behind it. */
void talk_help(struct talk *t, const struct answer *got);

#endif
