/** A door into the engine for simulations. */
@org.jspecify.annotations.NullMarked
package dev.whippletree.engine;
