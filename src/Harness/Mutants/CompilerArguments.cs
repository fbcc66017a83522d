using System.Diagnostics;
using System.Text.Json;

namespace Raid5Verify.Mutants;

/// <summary>What the build tells the compiler: asked of the build itself, so that a mutant is compiled as the product is.</summary>
public static class CompilerArguments
{
    /// <summary>Asks MSBuild, which takes about a second. The project must have been restored.</summary>
    /// <param name="dotnet">The path of <c>dotnet</c>, or its name.</param>
    /// <param name="project">A project file of C#.</param>
    /// <param name="problem">What the build said, if it had no answer.</param>
    /// <returns>Null if there is no answer.</returns>
    public static IReadOnlyList<string>? Ask(string dotnet, string project, out string? problem)
    {
        // A file that never exists keeps the compiler's target from being skipped as up to date; the compiler itself is skipped.
        string[] arguments =
        [
            "msbuild", project, "-nologo", "-target:Compile", "-property:Configuration=Release", "-property:BuildProjectReferences=false",
            "-property:ProvideCommandLineArgs=true", "-property:SkipCompilerExecution=true", "-property:NonExistentFile=__none__",
            "-getItem:CscCommandLineArgs",
        ];
        using var process = Process.Start(new ProcessStartInfo(dotnet, arguments)
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        string answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        problem = process.ExitCode == 0 ? null : $"{project} does not build: {answer.Trim()}";
        return process.ExitCode == 0 ? Read(answer) : null;
    }

    private static List<string> Read(string answer)
    {
        using JsonDocument document = JsonDocument.Parse(answer);
        return
        [
            .. document.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!),
        ];
    }
}
