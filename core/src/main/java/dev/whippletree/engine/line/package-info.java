/** The waiting line: who is next, fair between tenants and sessions. Knows neither what waits nor what it waits for. */
@NullMarked
package dev.whippletree.engine.line;

import org.jspecify.annotations.NullMarked;
