using Raid5Verify.Scenarios.Yaml;
using Raid5Verify.Stories;

namespace Raid5Verify.Tests.Stories;

/// <summary>How a run reads. The text changes with whatever changes the run: the times, the calls.</summary>
public sealed class RunStoryTests
{
    [Fact]
    public Task A_story_says_who_did_what_when_and_ends_with_what_there_is_where_it_broke() => Verifier.Verify(Tell("""
        name: a story
        about: A server is away while a file is written, loses its disk's memory, and rots a little.
        cluster: { servers: 3, block: 512B, chunk: 1, rows: 16, cache: 24 }
        options: { strategy: fifo }
        steps:
          - create: /diary
          - { crash: 1, for: 30ms, kind: power }
          - { write: /diary, length: 1KiB, fill: 7 }
          - fsync: /diary
          - { lose-replies: 0, count: 2 }
          - { write: /diary, at: 1KiB, length: 512B, fill: 8 }
          - fsync: /diary
          - await-in-sync
          - { wait: 100ms }
          - { bit-flip: /diary at 0 }
          - { crash-client: 5ms }
          - { read: /diary, expect: EIO }
        """));

    [Fact]
    public void A_story_is_told_the_same_twice()
    {
        const string Scenario = "name: twice\nsteps:\n  - create: /a\n  - { flap: 1, down: 3ms, up: 2ms }\n  - fsync: /a\n";
        string first = Tell(Scenario);
        Assert.Equal(first, Tell(Scenario));
        Assert.EndsWith("\nEvery promise held.\n", first);
    }

    private static string Tell(string yaml) => RunStory.Tell(ScenarioYaml.Read(yaml, "story").Scenario!);
}
