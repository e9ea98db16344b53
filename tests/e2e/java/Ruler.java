import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import software.amazon.event.ruler.Machine;

/**
 * Asks AWS's Event Ruler whether patterns match events. Each line of the input is {"pattern": ..., "event": ...}. The
 * output has a line for each: true, false, or "refused: " and why the pattern is none.
 */
public final class Ruler {
    private static final String RULE = "rule";
    private static final Map<String, Machine> MACHINES = new HashMap<>();

    private static Machine machineOf(String pattern) throws IOException {
        Machine machine = MACHINES.get(pattern);
        if (machine == null) {
            machine = new Machine();
            machine.addRule(RULE, pattern);
            MACHINES.put(pattern, machine);
        }
        return machine;
    }

    private static String answer(JsonNode pair) throws Exception {
        Machine machine;
        try {
            machine = machineOf(pair.get("pattern").toString());
        } catch (IOException | IllegalArgumentException refusal) {
            return "refused: " + String.valueOf(refusal.getMessage()).replace('\n', ' ');
        }
        return String.valueOf(machine.rulesForJSONEvent(pair.get("event").toString()).contains(RULE));
    }

    public static void main(String[] parameters) throws Exception {
        ObjectMapper json = new ObjectMapper();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(answer(json.readTree(line)));
        }
        out.flush();
    }
}
