B	head_sinkJÉĞ¾õ¸À¬2yÀxW
=