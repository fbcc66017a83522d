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

    [Theory]
    [InlineData("{ create: /d/a }, { create: /d/b }", null)]
    [InlineData("{ fsync: /d }, { create: /d/b }", null)]
    [InlineData("{ create: /d/a }", "all of it is asked by one task")]
    [InlineData("{ create: /d/a, task: one }, { create: /d/b, task: one }", "all of it is asked by one task")]
    [InlineData("{ create: /d/a }, { create: /e }", "/e is no entry of /d")]
    [InlineData("{ create: /d/a }, { readdir: / }", "readdir is of /, all else of the entries of /d")]
    [InlineData("{ write: /d/f, length: 1KiB }, { fsync: /d/f }", "fsync is of /d/f, all else of the entries of /d")]
    [InlineData("{ write: $f, length: 1KiB }, { create: /d/b }", "$f is an open file, and no name in a directory")]
    [InlineData("{ stat: /d/s }, { create: /d/b }", "/d/s is a symbolic link")]
    [InlineData("{ create: /l/a }, { create: /l/b }", "/l is a symbolic link")]
    [InlineData("{ rename: /d/f, to: /d/g }, { read: /d/g, length: 1KiB }", "read goes through /d/g, a name that rename gives, takes or changes")]
    public void Why_what_was_to_overlap_does_not_is_told(string operations, string? why)
    {
        string story = Tell($$"""
            name: side by side
            setup: [mkdir: /d, { create: /d/f }, { symlink: /d/s, target: f }, { symlink: /l, target: d }, { open: /d/f, as: $f, flags: read+write }]
            steps: [concurrent: [{{operations}}]]
            expect: [concurrent-sections exactly {{(why is null ? 1 : 0)}}]
            """);
        Assert.EndsWith("\nEvery promise held.\n", story);
        if (why is null)
        {
            Assert.DoesNotContain("one after another", story);
        }
        else
        {
            Assert.Contains($"asked one after another: {why}\n", story);
        }
    }

    private static string Tell(string yaml) => RunStory.Tell(ScenarioYaml.Read(yaml, "story").Scenario!);
}
