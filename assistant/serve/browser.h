#ifndef CERTMEND_SERVE_BROWSER_H
#define CERTMEND_SERVE_BROWSER_H
/*
 * browser - opens an address in the person's browser (xdg-open)
 *
 * Nothing happens where there is no desktop, or no such program. The address
 * is in the process list for a moment: what it holds must work once only.
 */
void browser_open(const char *address);

#endif
