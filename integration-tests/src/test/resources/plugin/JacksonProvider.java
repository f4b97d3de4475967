package acme;

import dev.whippletree.model.Delta;
import dev.whippletree.model.FinishReason;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Admission;
import dev.whippletree.spi.AnswerEnd;
import dev.whippletree.spi.AttemptSink;
import dev.whippletree.spi.Cancellable;
import dev.whippletree.spi.Provider;
import dev.whippletree.spi.ProviderClient;
import dev.whippletree.spi.Services;
import dev.whippletree.spi.SettingKey;
import java.io.IOException;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/** Brings two Jacksons of its own, and answers with their versions and with what it sees of its host. */
public final class JacksonProvider implements Provider {

    @Override
    public String name() {
        return "jackson";
    }

    @Override
    public Set<SettingKey> settings() {
        return Set.of();
    }

    @Override
    public ProviderClient connect(AccountSettings account, Services services) {
        boolean ownContext = Thread.currentThread().getContextClassLoader() == getClass().getClassLoader();
        System.getProperties().put("acme.loader", getClass().getClassLoader());
        return new ProviderClient() {
            @Override
            public Admission admission(Prompt prompt, String model) {
                return Admission.asMade(1, 0);
            }

            @Override
            public Cancellable send(Prompt prompt, String model, AttemptSink sink) {
                sink.sent();
                sink.firstByte();
                sink.delta(new Delta.Text("Jackson " + jacksons() + "; sees " + seen() + "; services " + services()
                        + "; own context " + ownContext));
                sink.done(new AnswerEnd(FinishReason.STOP, Optional.empty(), model));
                return () -> {};
            }

            @Override
            public void close() {}
        };
    }

    /** Lets both do some work, so that whatever they load comes along. */
    private static String jacksons() {
        try {
            ObjectMapper three = JsonMapper.builder().build();
            com.fasterxml.jackson.databind.ObjectMapper two = new com.fasterxml.jackson.databind.ObjectMapper();
            return three.readValue("{\"is\":\"" + three.version() + "\"}", Holder.class).is
                    + " and "
                    + two.readValue("{\"is\":\"" + two.version() + "\"}", Holder.class).is;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class Holder {
        public String is;
    }

    private static String seen() {
        return Stream.of(
                        "dev.whippletree.spi.Provider",
                        "dev.whippletree.model.Prompt",
                        "org.slf4j.Logger",
                        "java.sql.Driver",
                        "dev.whippletree.Whippletree",
                        "dev.whippletree.engine.Engine",
                        "dev.whippletree.plugin.PluginCatalog",
                        "dev.whippletree.provider.openai.OpenAiProvider",
                        "tools.jackson.dataformat.yaml.YAMLMapper",
                        "com.google.inject.Guice",
                        "okhttp3.OkHttpClient")
                .filter(JacksonProvider::isVisible)
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.joining(" "));
    }

    private static boolean isVisible(String name) {
        try {
            Class.forName(name, false, JacksonProvider.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static int services() {
        try {
            return Collections.list(JacksonProvider.class
                            .getClassLoader()
                            .getResources("META-INF/services/dev.whippletree.spi.Provider"))
                    .size();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
