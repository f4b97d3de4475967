/**
 * How everything stands, with what it costs, as JSON and back: what the command prints and a gateway serves is one document.
 *
 * <p>{@link dev.whippletree.status.PricedStatus} is the door.
 */
@NullMarked
package dev.whippletree.status;

import org.jspecify.annotations.NullMarked;
