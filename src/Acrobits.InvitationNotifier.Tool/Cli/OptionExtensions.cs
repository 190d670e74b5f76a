using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Acrobits.InvitationNotifier.Tool.Cli;

internal static class OptionExtensions
{
    /// <summary>Accepts only numbers within a range, both ends included.</summary>
    public static void AcceptRange<T>(this Option<T> option, T least, T most)
        where T : struct, INumber<T> =>
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                var isNumber = T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value);
                if (!isNumber || value < least || value > most)
                {
                    result.AddError($"{option.Name} must be a number from {least} to {most}.");
                }
            }
        });
}
