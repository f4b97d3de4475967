package dev.whippletree.langchain4j;

import dev.whippletree.Whippletree;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.settings.RouteSettings.TargetSettings;
import dev.whippletree.spi.AccountSettings;

/** A scripted model, and a Whippletree that asks it over a socket. */
final class Stage implements AutoCloseable {

    static final String MODEL = "scripted-large";
    static final String OTHER_MODEL = "scripted-small";

    private final ScriptedModel model = new ScriptedModel();
    private final Whippletree whippletree = open(ScriptedModel.KEY);
    private final Whippletree locked = open("sk-wrong");

    private Whippletree open(String key) {
        return Whippletree.builder()
                .account(AccountSettings.builder("local-1", "openai")
                        .token(key)
                        .setting("base-url", model.baseUrl())
                        .build())
                .route(RouteSettings.builder("default")
                        .tier(new TargetSettings("local-1", MODEL))
                        .tier(new TargetSettings("local-1", OTHER_MODEL))
                        .build())
                .build();
    }

    /** Returns one whose account the service knows. */
    Whippletree whippletree() {
        return whippletree;
    }

    /** Returns one whose account the service refuses. */
    Whippletree locked() {
        return locked;
    }

    @Override
    public void close() {
        whippletree.close();
        locked.close();
        model.close();
    }
}
