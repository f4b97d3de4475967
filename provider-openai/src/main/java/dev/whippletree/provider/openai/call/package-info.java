/** Makes calls: connections, requests, and the words for what breaks. {@code ChatClient} is the door. */
@NullMarked
package dev.whippletree.provider.openai.call;

import org.jspecify.annotations.NullMarked;
