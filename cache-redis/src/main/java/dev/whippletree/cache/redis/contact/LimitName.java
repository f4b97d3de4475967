package dev.whippletree.cache.redis.contact;

import dev.whippletree.spi.LimitUse;
import java.util.Optional;

/**
 * Which limit of an organization. Immutable.
 *
 * @param model whose limit; absent: the whole organization's
 * @param name which of them; any characters
 */
public record LimitName(Optional<String> model, String name) {

    public static LimitName of(LimitUse use) {
        return new LimitName(use.scope().model(), use.name());
    }

    /** Returns a text that no other limit of the organization has. */
    String distinctText() {
        return model.map(text -> text.length() + ":" + text).orElse("") + "/" + name;
    }
}
