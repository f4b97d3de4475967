/**
 * What differs from service to service: {@code Dialect}, and how errors, limits and waits are read and judged unless a
 * dialect says otherwise.
 */
@NullMarked
package dev.whippletree.provider.openai.dialect;

import org.jspecify.annotations.NullMarked;
