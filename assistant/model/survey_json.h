#ifndef CERTMEND_MODEL_SURVEY_JSON_H
#define CERTMEND_MODEL_SURVEY_JSON_H
/*
 * survey_json - a survey as JSON and back, unchanged
 *
 * {"schema": "certmend.survey/1", ...}. Certificates travel as base64 DER and
 * only that; their facts and all verdicts are read from the DER again by
 * crypto/verification after loading, so a file cannot claim what its
 * certificates do not say: until verification_fill() every held_cert has
 * origin, cert.der and cert.der_len and nothing else, and no cell has a
 * verdict. The anchors that completed a path travel along (origin "anchor"), so
 * that judging elsewhere gives the same report.
 */
#include "base/json.h"
#include "model/survey.h"

struct json *survey_to_json(struct arena *a, const struct survey *s);

/* Reads what survey_to_json() wrote; anything else is an ERR_INPUT with the
 * path of the fault. Indices, counts and names are checked. */
MUST_CHECK bool survey_from_json(struct arena *a, const struct json *j,
                                 const char *path, struct survey **out,
                                 struct err *err);

#endif
