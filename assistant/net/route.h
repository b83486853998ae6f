#ifndef CERTMEND_NET_ROUTE_H
#define CERTMEND_NET_ROUTE_H
/*
 * route - has this computer a way to the Internet?
 *
 * Asked of the system alone: nothing is sent.
 */
#include <stdbool.h>

bool route_exists(void); /* of either family; true where it cannot be told */

#endif
