package dev.whippletree.emulator.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.emulator.model.ChatRequest;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestReaderTest {

    private static String shown(ChatRequest request) {
        return request.model() + " "
                + request.messages().stream()
                        .map(message -> message.role() + ":" + message.text())
                        .collect(Collectors.joining(","))
                + " " + request.maxTokens().stream().boxed().toList() + request.stream() + request.includeUsage()
                + new TreeMap<>(request.others());
    }

    private static String read(String what, String body) {
        byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        try {
            return shown(
                    switch (what) {
                        case "chat" -> RequestReader.read(bytes);
                        case "vectors" -> RequestReader.readEmbedding(bytes);
                        default -> RequestReader.readFeatures("org/m", bytes);
                    });
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "chat | {'model':'m','messages':[{'role':'user','content':'a'}]} | m user:a []falsefalse{}",
                "chat | {'model':'m','messages':[],'stream':true,'stream_options':{'include_usage':true}} | m  []truetrue{}",
                "chat | {'model':'m','messages':[],'stream':'true','stream_options':{}} | m  []falsefalse{}",
                "chat | {'model':'m','messages':[],'max_tokens':5,'n':2,'seed':null} | m  [5]falsefalse{n=2}",
                "chat | {'model':'m','messages':[],'max_tokens':5,'max_completion_tokens':7} | m  [7]falsefalse{}",
                "chat | {'model':'m','messages':[{'role':'user','name':'Bo','content':null}]}"
                        + " | m user: []falsefalse{messages[].name=true}",
                "chat | {'model':'m','messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'image'},3]}]}"
                        + " | ~m user:a\n[image]\n[3] []falsefalse{}~",
                "chat | {'model':'','messages':[]} | 'model' is missing",
                "chat | {'model':3,'messages':[]} | 'model' is missing",
                "chat | {'model':'m'} | 'messages' is missing",
                "chat | {'model':'m','messages':[{'content':'a'}]} | a message has no role",
                "chat | {'model':'m','messages':['a']} | a message has no role",
                "vectors | {'model':'m','input':'a','dimensions':2,'user':null} | m input:a []falsefalse{dimensions=2}",
                "vectors | {'model':'m','input':['a','b']} | m input:a,input:b []falsefalse{}",
                "vectors | {'model':'m','input':[5,6]} | m tokens:5 6 []falsefalse{}",
                "vectors | {'model':'m','input':[[5,6],[7]]} | m tokens:5 6,tokens:7 []falsefalse{}",
                "vectors | {'model':'m','input':[[]]} | 'input' must be a text, texts, tokens or arrays of tokens",
                "vectors | {'model':'m','input':[[-1]]} | 'input' must be a text, texts, tokens or arrays of tokens",
                "vectors | {'model':'m'} | 'input' must be a text, texts, tokens or arrays of tokens",
                "vectors | {'model':'','input':'a'} | 'model' is missing",
                "features | {'inputs':['a']} | org/m input:a []falsefalse{}",
                "features | {'input':'a'} | 'inputs' must be a text, texts, tokens or arrays of tokens"
            })
    void request_isRead_orRefusedInWords(String what, String body, String expected) {
        assertThat(read(what, body)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"[]", "{", "null", "''"})
    void noObject_isRefusedInWords(String body) {
        assertThat(read("chat", body)).startsWith("the body isn't a JSON object");
    }
}
