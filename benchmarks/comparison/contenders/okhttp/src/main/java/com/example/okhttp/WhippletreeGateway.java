package com.example.okhttp;

import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import dev.whippletree.comparison.contender.WhippletreeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code whippletree serve}, from its distribution. */
public final class WhippletreeGateway extends Gateway {

    @Override
    List<String> command(Services services, int port) throws IOException {
        Path file = WhippletreeFile.write(services);
        return List.of(
                "env",
                "WHIPPLETREE_JAVA_OPTIONS=-Xmx" + System.getProperty("comparison.heap") + "m",
                System.getProperty("comparison.whippletree"),
                "serve",
                "--config",
                file.toString(),
                "--port",
                "" + port);
    }

    /** Each tenant is a client with a key of its own. */
    @Override
    String key(Question question) {
        return WhippletreeFile.key(question.tenant());
    }
}
