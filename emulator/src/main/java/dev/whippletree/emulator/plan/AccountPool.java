package dev.whippletree.emulator.plan;

import dev.whippletree.config.Configuration;
import dev.whippletree.engine.EngineSettings;
import dev.whippletree.engine.RouteSettings;
import java.util.List;
import java.util.Objects;

/**
 * The accounts that a plan is made for, and how prompts go to them. Immutable.
 *
 * @param groups the kinds of accounts; at least one account in all
 * @param route how prompts go to them; of its tiers only the number counts, since each account knows its own places
 * @param engine what holds for the whole engine
 * @param notes what was assumed or left aside when it was read, a sentence each
 */
public record AccountPool(List<AccountGroup> groups, RouteSettings route, EngineSettings engine, List<String> notes) {

    /** Copies what is mutable, and checks that there is an account. */
    public AccountPool {
        Objects.requireNonNull(route, "route");
        Objects.requireNonNull(engine, "engine");
        groups = List.copyOf(groups);
        notes = List.copyOf(notes);
    }

    /**
     * Reads accounts as people write them: groups by comma; of each its service, how many, and its limits and its credit by plus
     * signs. All are in one tier and asked for the default model.
     *
     * <p>For example {@code huggingface:2x1000/h,groq:1x30/min+1000/d+8000tok/min+200000tok/d} or
     * {@code huggingface:2x1000/h+0.10usd/month}.
     *
     * @throws IllegalArgumentException if it isn't of that form, saying where and what to write instead
     */
    public static AccountPool parse(String text) {
        return AccountsText.read(text, Configuration.DEFAULT_MODEL);
    }

    /**
     * Reads accounts as {@link #parse(String)} does, asked for another model.
     *
     * @throws IllegalArgumentException if it isn't of that form, saying where and what to write instead
     */
    public static AccountPool parse(String text, String model) {
        return AccountsText.read(text, model);
    }

    /**
     * Returns the accounts of a configuration's default route: their limits, organizations, weights, tiers and models, and the
     * route's strategy, patience and deadline. Accounts elsewhere are left aside, which a note says.
     */
    public static AccountPool of(Configuration configuration) {
        return ConfiguredPool.of(configuration);
    }

    /** Returns how many organizations there are. */
    public int count() {
        return groups.stream().mapToInt(AccountGroup::count).sum();
    }
}
