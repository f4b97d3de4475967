/**
 * What the gateway's protocols have in common: a request as the engine understands it, and a writer of its answer.
 */
@NullMarked
package dev.whippletree.gateway.protocol;

import org.jspecify.annotations.NullMarked;
