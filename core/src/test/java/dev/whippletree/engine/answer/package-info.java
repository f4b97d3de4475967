@NullMarked
package dev.whippletree.engine.answer;

import org.jspecify.annotations.NullMarked;
