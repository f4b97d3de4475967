/** Reaches Groq: what its API does differently from others that speak the protocol. */
@NullMarked
package dev.whippletree.provider.groq;

import org.jspecify.annotations.NullMarked;
