using Raid5Verify.Campaigns;
using Raid5Verify.Generation;

namespace Raid5Verify.Cli.Arguments;

/// <summary>The ledger of a campaign, named on the command line: its file is opened, and the sources found, before anything is run.</summary>
internal sealed class LedgerFile : IDisposable
{
    private readonly FileStream _file;
    private readonly string _root;

    private LedgerFile(FileStream file, string root)
    {
        _file = file;
        _root = root;
    }

    /// <param name="path">Null for no ledger.</param>
    /// <param name="ledger">Null if there is none, by wish or by problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryCreate(string? path, out LedgerFile? ledger, out string? problem)
    {
        ledger = null;
        problem = null;
        if (path is not null && TryFindRoot(out var root, out problem) && OutputFile.TryCreate(path, out var file, out problem))
        {
            ledger = new LedgerFile(file!, root!);
        }

        return problem is null;
    }

    /// <summary>Finds the clone whose sources it is made from.</summary>
    /// <param name="root">Its folder; null if there is a problem.</param>
    /// <param name="problem">One line, or null.</param>
    public static bool TryFindRoot(out string? root, out string? problem)
    {
        root = ConformanceLedger.FindRoot(Environment.CurrentDirectory);
        problem = root is null ? "it is made from specs and scenarios: run it in a clone" : null;
        return root is not null;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Writes it, once.</summary>
    /// <returns>What is wrong with a source, in one line; null if nothing is.</returns>
    public string? Write(Profile profile, CampaignSnapshot campaign)
    {
        try
        {
            using var writer = new StreamWriter(_file) { NewLine = "\n" };
            writer.Write(ConformanceLedger.Of(_root, profile, campaign, out var problem));
            return problem;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }
}
