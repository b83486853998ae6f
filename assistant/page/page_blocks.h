#ifndef CERTMEND_PAGE_PAGE_BLOCKS_H
#define CERTMEND_PAGE_PAGE_BLOCKS_H
/*
 * page_blocks - a text for terminals as paragraphs and lines to copy
 *
 * Of templates/session/ and of a fix's steps: lines that begin with a blank
 * are there to be copied, as they are; the others are prose, folded anywhere.
 */
#include "base/json.h"

/* Adds {"text", "command": null} for a paragraph and {"text": null, "command"}
 * for each command, or for the lines together that belong into a file. */
void page_blocks(struct arena *a, const char *text, struct json *array);

#endif
