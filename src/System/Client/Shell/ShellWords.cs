using System.Text;

namespace Raid5Fs.Client.Shell;

/// <summary>Splits what is typed into words.</summary>
internal static class ShellWords
{
    /// <summary>
    /// Words are divided by blanks. Quotes, single or double, and a backslash keep blanks in a word; in single quotes a backslash
    /// is one. From a <c>#</c> at the beginning of a word on, the rest of the line is a remark.
    /// </summary>
    /// <returns>Null, and what is wrong.</returns>
    public static IReadOnlyList<string>? Split(string line, out string? complaint)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char each = line[i];
            if (each == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                (word ??= new StringBuilder()).Append(line[++i]);
            }
            else if (quote != '\0')
            {
                if (each == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word!.Append(each);
                }
            }
            else if (each is '\'' or '"')
            {
                quote = each;
                word ??= new StringBuilder();
            }
            else if (char.IsWhiteSpace(each))
            {
                Take(words, ref word);
            }
            else if (each == '#' && word is null)
            {
                break;
            }
            else
            {
                (word ??= new StringBuilder()).Append(each);
            }
        }

        Take(words, ref word);
        complaint = quote == '\0' ? null : $"a quote ({quote}) is not closed";
        return complaint is null ? words : null;
    }

    private static void Take(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
        {
            words.Add(word.ToString());
        }

        word = null;
    }
}
