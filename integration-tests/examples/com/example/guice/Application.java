package com.example.guice;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import dev.whippletree.Whippletree;
import dev.whippletree.guice.WhippletreeModule;
import dev.whippletree.spi.EngineListener;
import java.util.Map;

/** A Guice application that installs Whippletree's module beside its own, and hangs a listener into it. */
public final class Application extends AbstractModule {

    private final Map<String, String> environment;

    private Application(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    protected void configure() {
        install(new WhippletreeModule(Whippletree.builder().environment(environment)));
        Multibinder.newSetBinder(binder(), EngineListener.class).addBinding().to(AnswerCount.class);
    }

    /** Returns the application's injector. */
    public static Injector start(Map<String, String> environment) {
        return Guice.createInjector(new Application(environment));
    }

    /** Asks and prints. */
    public static void main(String[] arguments) {
        Injector injector = start(System.getenv());
        try (Whippletree closedAtTheEnd = injector.getInstance(Whippletree.class)) {
            String answer = injector.getInstance(Interviewer.class)
                    .ask("Tell me about yourself")
                    .join();
            System.out.println(answer);
            System.out.println(injector.getInstance(AnswerCount.class).answers() + " answered; "
                    + closedAtTheEnd.status().waiting() + " waiting");
        }
    }
}
