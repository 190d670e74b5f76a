using Microsoft.Extensions.Options;

namespace Acrobits.InvitationNotifier.Configuration;

/// <summary>
/// Validates by compiling: what compiles can be sent. The result stays with the options, so that a large configuration
/// is compiled once.
/// </summary>
internal sealed class OptionsValidator : IValidateOptions<InvitationNotifierOptions>
{
    public ValidateOptionsResult Validate(string? name, InvitationNotifierOptions options)
    {
        var problems = new Problems();
        options.Compiled = CompiledConfiguration.Compile(options, problems);
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.All);
    }
}
