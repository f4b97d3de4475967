/** Whose request it is, and what that client may do: keys, limits, models, and what it is told of accounts. */
@NullMarked
package dev.whippletree.gateway.clients;

import org.jspecify.annotations.NullMarked;
